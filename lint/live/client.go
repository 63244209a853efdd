// Package live asks name servers about the world outside the zones. It is the only package of this program that opens
// a socket.
//
//	check.go -> survey.go   whether a resolver may be believed, and what it says of hosts
//	observe.go -> zones.go  what resolvers say of mail domains, as zones
//	servers.go -> direct.go what the name servers themselves say
//	policy.go -> web.go     the MTA-STS policies of mail domains
//	client.go -> answer.go  one question: the packets, and which of the answers are facts
package live

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/time/rate"

	"mx46/zonefiles"
)

// Resolver is a recursive name server that is asked. It is safe for concurrent use.
type Resolver struct {
	Address netip.AddrPort

	mu   sync.Mutex
	idle []*asker // whose sockets serve the next questions, too: to open one for each costs more than to ask

	plain    atomic.Bool    // it takes no EDNS (RFC 6891)
	prefixes []netip.Prefix // into which it translates (RFC 6147); see Check
}

// NewResolver is the resolver at an address.
func NewResolver(address netip.AddrPort) *Resolver { return &Resolver{Address: address} }

// String is the address, without the port where that is the usual one.
func (r *Resolver) String() string {
	if r.Address.Port() == Port {
		return r.Address.Addr().String()
	}
	return r.Address.String()
}

// DefaultJobs is how many questions are in flight: what a resolver on the same machine answers fastest.
const DefaultJobs = 64

// Port is where name servers listen (RFC 1035 s.4.2).
const Port = 53

// Client says how to ask. It is not changed once the first question was asked.
type Client struct {
	Waits []time.Duration // for an answer: one for each try; DefaultWaits where there is none
	Jobs  int             // questions in flight to one resolver, each from a socket of its own; 0: DefaultJobs
	// AllowPrivate lets the client speak to servers whose addresses are not on the internet, where an answer names them.
	AllowPrivate bool
	Servers      ServerManners
	Mail         MailManners
	Web          WebManners
	// AssumeHonest leaves out the checks that need the public root; see Check.
	AssumeHonest bool
	// TrustAD believes every resolver that records are signed. Without it, only one on this machine is believed: nobody
	// can alter its answers on the way (RFC 4035 s.4.9.3).
	TrustAD bool
	// Progress counts what was asked, for whoever shows it.
	Progress Progress

	limiter *rate.Limiter // of all packets; nil: none
}

// Limit bounds how many packets are sent a second; 0: as many as there are.
func (c *Client) Limit(perSecond float64) {
	c.limiter = nil
	if perSecond > 0 {
		burst := max(1, int(perSecond/20)) // what a timer is too slow for, and no more
		c.limiter = rate.NewLimiter(rate.Limit(perSecond), burst)
	}
}

// Progress counts while questions are asked. It is safe for concurrent use.
type Progress struct {
	Done, Total atomic.Int64 // hosts and zones
	Questions   atomic.Int64 // packets and TCP connections
}

// DefaultWaits is how long each of three tries waits for its answer.
func DefaultWaits() []time.Duration {
	return []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}
}

// question is a name and a type; the class is IN.
type question struct {
	name zonefiles.Name
	of   uint16 // dns.TypeA and so on
	// dnssec asks for records that prove something (RFC 3225), unchecked for them as they are, unvalidated
	// (RFC 4035 s.3.2.2), and direct for what the server itself knows.
	dnssec, unchecked, direct bool
}

func (q question) String() string { return q.name.String() + " " + dns.TypeToString[q.of] }

// asker asks one resolver one question after the other. It is for one goroutine.
type asker struct {
	client   *Client
	resolver *Resolver
	udp      net.Conn
	asked    int             // questions on udp
	watched  context.Context // that ends reads from udp
	unwatch  func() bool
	query    []byte
	buffer   []byte
	limiter  *rate.Limiter // of the server's own, beside the client's; nil: none
}

func (c *Client) asker(r *Resolver) *asker {
	return &asker{client: c, resolver: r, buffer: make([]byte, maxMessage)}
}

// lend gives an asker to one who gives it back.
func (r *Resolver) lend(c *Client) *asker {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.idle); n > 0 {
		a := r.idle[n-1]
		r.idle = r.idle[:n-1]
		a.client = c
		return a
	}
	return c.asker(r)
}

func (r *Resolver) takeBack(a *asker) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.idle = append(r.idle, a)
}

// Close closes the sockets through which the resolver was asked.
func (r *Resolver) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.idle {
		a.close()
	}
	r.idle = nil
}

func (a *asker) close() {
	if a.udp != nil {
		a.udp.Close()
		a.udp = nil
	}
	a.leave()
}

// The ways in which a question stays without an answer that is a fact.
var (
	errMalformed = errors.New("malformed answer")
	errSilence   = errors.New("no answer")
	errRefused   = errors.New("connection refused")
	errTooLarge  = fmt.Errorf("answer of more than %d records", maxRecords)
)

// ask asks until there is an answer that is a fact, as often as the client has patience for. Only a context that has
// ended ends it early.
func (a *asker) ask(ctx context.Context, q question) (answer, error) {
	waits := a.client.Waits
	if len(waits) == 0 {
		waits = DefaultWaits()
	}
	var last error
	for try, wait := range waits {
		// What lies between may drop questions with EDNS in silence: the last try is without.
		edns := !a.resolver.plain.Load() && (try < len(waits)-1 || len(waits) == 1)
		found, err := a.try(ctx, q, edns, wait)
		if edns && errors.Is(err, errNoEDNS) {
			edns = false
			found, err = a.try(ctx, q, edns, wait)
		}
		switch {
		case ctx.Err() != nil:
			return answer{}, context.Cause(ctx)
		case err == nil:
			if !edns {
				a.resolver.plain.Store(true)
			}
			return found, nil
		}
		last = moreTelling(last, err)
	}
	return answer{}, fmt.Errorf("%s: %w", q, last)
}

// moreTelling is the last error, or the one before it where that is the same with the server's words: only an answer to
// a question with EDNS has any, and the first has more of them than what the server remembers of it.
func moreTelling(before, last error) error {
	var first, again refused
	if errors.As(before, &first) && errors.As(last, &again) && first.rcode == again.rcode && first.reason != "" {
		return before
	}
	return last
}

// try asks once over UDP, and over TCP where the answer does not fit (RFC 7766 s.5).
func (a *asker) try(ctx context.Context, q question, edns bool, wait time.Duration) (answer, error) {
	a.query = appendQuery(a.query[:0], uint16(rand.Uint32()), q, edns)
	message, err := a.overUDP(ctx, wait)
	overTCP := err == nil && isTruncated(message)
	if overTCP {
		if message, err = a.overTCP(ctx, wait); err != nil {
			err = fmt.Errorf("over TCP: %w", err)
		}
	}
	if err != nil {
		return answer{}, err
	}
	found, err := readAnswer(message, q)
	found.tcp = overTCP
	return found, err
}

// appendQuery appends a question, with RD set unless it is direct. Of TLSA records it asks whether they are signed,
// since senders use no others (RFC 7672 s.2.2, RFC 6840 s.5.7).
func appendQuery(b []byte, id uint16, q question, edns bool) []byte {
	b = binary.BigEndian.AppendUint16(b, id)
	recurse, checks := byte(1), byte(0) // RD; AD and CD
	if q.direct {
		recurse = 0
	} else if q.of == dns.TypeTLSA {
		checks = 0x20
	}
	if q.unchecked {
		checks = 0x10
	}
	b = append(b, recurse, checks, 0, 1, 0, 0, 0, 0, 0, 0) // one question
	if edns {
		b[len(b)-1] = 1 // one additional record
	}
	b = append(append(b, q.name...), 0)
	b = binary.BigEndian.AppendUint16(b, q.of)
	b = binary.BigEndian.AppendUint16(b, dns.ClassINET)
	if edns {
		flags := byte(0)
		if q.dnssec {
			flags = 0x80 // DO
		}
		b = append(b, 0, 0, byte(dns.TypeOPT), maxUDP>>8, maxUDP&0xff, 0, 0, flags, 0, 0, 0)
	}
	return b
}

// answers reports whether a message answers the query at hand.
func (a *asker) answers(message []byte) bool { return matches(a.query, message) }

// matches reports whether a message answers a query: by its ID, and by its question, which an ID of 16 bits alone
// does not prove. A server that cannot read a question may give none back (RFC 1035 s.4.1.1), and then answers
// nothing but that.
func matches(query, message []byte) bool {
	const header = 12
	if len(message) < header || !bytes.Equal(message[:2], query[:2]) || message[2]&0x80 == 0 {
		return false
	}
	if binary.BigEndian.Uint16(message[4:]) == 0 {
		return message[3]&0x0f != dns.RcodeSuccess && message[3]&0x0f != dns.RcodeNameError
	}
	end := header + 5 // the root's octet, the type and the class
	for at := header; query[at] != 0; at += 1 + int(query[at]) {
		end += 1 + int(query[at])
	}
	if len(message) < end || binary.BigEndian.Uint16(message[4:]) != 1 {
		return false
	}
	for i, c := range query[header:end] {
		// Octets of labels' lengths are below 64 and never mistaken for letters.
		if got := message[header+i]; got != c && !('A' <= got && got <= 'Z' && got+'a'-'A' == c) {
			return false
		}
	}
	return true
}

func isTruncated(message []byte) bool { return message[2]&0x02 != 0 }

// overUDP sends the query and waits for its answer, past all packets that answer something else. The message is valid
// until the next call.
func (a *asker) overUDP(ctx context.Context, wait time.Duration) ([]byte, error) {
	message, err := a.exchange(ctx, wait, nil)
	if err != nil {
		a.close()
	}
	return message, err
}

// exchange is overUDP that leaves the socket open. An answer to an earlier query counts too.
func (a *asker) exchange(ctx context.Context, wait time.Duration, earlier []byte) ([]byte, error) {
	// A socket that is used for long has lost the protection of its random port (RFC 5452 s.4.5).
	if a.asked >= maxPerSocket {
		a.close()
	}
	if a.udp == nil {
		conn, err := (&net.Dialer{}).DialContext(ctx, "udp", a.resolver.Address.String())
		if err != nil {
			return nil, failure(err)
		}
		a.udp, a.asked = conn, 0
	}
	a.asked++
	if err := a.permit(ctx); err != nil {
		return nil, err
	}
	a.watch(ctx)
	if err := a.udp.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return nil, failure(err)
	}
	if ctx.Err() != nil { // before there was a deadline that its end could move
		return nil, context.Cause(ctx)
	}
	_, err := a.udp.Write(a.query)
	for err == nil {
		var n int
		n, err = a.udp.Read(a.buffer)
		message := a.buffer[:n]
		if err == nil && (matches(a.query, message) || earlier != nil && matches(earlier, message)) {
			return message, nil
		}
	}
	return nil, failure(err)
}

// watch has reads from the socket fail once a context ends. It is one for most questions of a run.
func (a *asker) watch(ctx context.Context) {
	if ctx == a.watched {
		return
	}
	a.leave()
	conn := a.udp
	a.watched = ctx
	a.unwatch = context.AfterFunc(ctx, func() {
		_ = conn.SetReadDeadline(time.Unix(1, 0)) // fails on a closed socket, which nobody reads
	})
}

// leave forgets the context that is watched.
func (a *asker) leave() {
	if a.watched != nil {
		a.unwatch()
		a.watched, a.unwatch = nil, nil
	}
}

// overTCP is overUDP by a connection for this question alone.
func (a *asker) overTCP(ctx context.Context, wait time.Duration) ([]byte, error) {
	if err := a.permit(ctx); err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{Timeout: wait}).DialContext(ctx, "tcp", a.resolver.Address.String())
	if err != nil {
		return nil, failure(err)
	}
	defer conn.Close()
	defer until(ctx, wait, conn)()
	var length [2]byte
	_, err = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(a.query))), a.query...))
	if err == nil {
		_, err = io.ReadFull(conn, length[:])
	}
	message := a.buffer[:binary.BigEndian.Uint16(length[:])]
	if err == nil {
		_, err = io.ReadFull(conn, message)
	}
	switch {
	case err != nil:
		return nil, failure(err)
	case !a.answers(message):
		return nil, errMalformed
	}
	return message, nil
}

// trusts reports whether a resolver is believed that records are signed.
func (c *Client) trusts(r *Resolver) bool { return c.TrustAD || r.Address.Addr().Unmap().IsLoopback() }

// permit lets one packet go when the limit allows it.
func (a *asker) permit(ctx context.Context) error {
	for _, limiter := range [...]*rate.Limiter{a.client.limiter, a.limiter} {
		if limiter == nil {
			continue
		}
		if limiter.Wait(ctx) != nil {
			<-ctx.Done() // the limit says so ahead of the deadline
			return context.Cause(ctx)
		}
	}
	a.client.Progress.Questions.Add(1)
	return nil
}

// until has a connection's reads and writes fail once the time is over or the context ends. Stop ends the watch.
func until(ctx context.Context, wait time.Duration, conn net.Conn) (stop func() bool) {
	conn.SetDeadline(time.Now().Add(wait))
	return context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
}

// failure words what the system says of a socket.
func failure(err error) error {
	var op *net.OpError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errSilence
	case errors.Is(err, syscall.ECONNREFUSED):
		return errRefused
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return errors.New("connection closed")
	case errors.As(err, &op):
		return op.Err
	}
	return err
}
