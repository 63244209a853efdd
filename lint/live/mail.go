package live

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/miekg/dns"

	"mx46/lint/observed"
	"mx46/zonefiles"
)

// This file connects to mail servers: it waits for the greeting, says EHLO and leaves. It sends no mail and asks about
// no mailbox.

// MailManners say how mail servers are spoken to. The zero value is what strangers' servers stand.
type MailManners struct {
	Connect, Banner, Reply, All time.Duration // how long to wait
	Pause                       time.Duration // between connections to one provider
	Port                        uint16
	// TrustVantage says that this machine reaches all mail servers, so that what it does not reach is closed.
	TrustVantage bool
}

func (m MailManners) orDefault() MailManners {
	for _, wait := range []struct {
		of *time.Duration
		by time.Duration
	}{
		{&m.Connect, 10 * time.Second},
		{&m.Banner, time.Minute},
		{&m.Reply, 30 * time.Second},
		{&m.All, 90 * time.Second},
		{&m.Pause, 500 * time.Millisecond},
	} {
		if *wait.of == 0 {
			*wait.of = wait.by
		}
	}
	if m.Port == 0 {
		m.Port = mailPort
	}
	return m
}

// mailPort is where mail servers listen (RFC 5321 s.4.5.4.2).
const mailPort = 25

// Patient are the waits of RFC 5321 s.4.5.3.2.
func Patient() MailManners {
	return MailManners{Connect: 2 * time.Minute, Banner: 5 * time.Minute, Reply: 5 * time.Minute, All: 15 * time.Minute}
}

// connectAll connects once to each address of the MX hosts, to one of a provider's at a time.
func (v *observer) connectAll(ctx context.Context, o *Observation, s *sorter, domains []zonefiles.Name) error {
	greetings, groups := v.toConnect(o, s, domains)
	manners := v.client.Mail.orDefault()
	atATime(ctx, v.client.Jobs, len(groups), func(i int) {
		for n, addr := range groups[i] {
			if n > 0 {
				time.Sleep(manners.Pause)
			}
			if ctx.Err() == nil {
				*greetings[addr] = greet(ctx, netip.AddrPortFrom(addr, manners.Port), manners)
			}
		}
	})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if !manners.TrustVantage {
		o.NotJudged = notTestable(greetings)
	}
	for _, addr := range slices.SortedFunc(maps.Keys(greetings), netip.Addr.Compare) {
		g := greetings[addr]
		if g.Verdict == observed.NoRoute {
			o.NoRoute = append(o.NoRoute, addr)
		}
		uri := "smtp://" + netip.AddrPortFrom(addr, manners.Port).String()
		text := fmt.Sprintf("; %s over port %d: %s %s\n", addr, manners.Port, g.Verdict, strconv.QuoteToASCII(g.Banner))
		file, err := s.files.AddAnswer(uri, []byte(text))
		if err != nil {
			return err
		}
		g.Answer = lineOf(file)
	}
	return nil
}

// toConnect are the addresses of the MX hosts, with greetings to be filled in, and those to connect to, by provider:
// hosts whose names end in the same two labels.
func (v *observer) toConnect(
	o *Observation, s *sorter, domains []zonefiles.Name,
) (greetings map[netip.Addr]*observed.Greeting, groups [][]netip.Addr) {
	greetings = map[netip.Addr]*observed.Greeting{}
	groupOf := map[zonefiles.Name]int{}
	for _, host := range v.mailHosts(o, s, domains, greetings) {
		addresses, end := v.addresses(host)
		for _, addr := range addresses {
			if greetings[addr] != nil || len(greetings) >= maxConnections {
				continue
			}
			greetings[addr] = &observed.Greeting{}
			if !v.mayConnect(o, addr) {
				continue
			}
			provider := *end
			for provider.Labels() > 2 {
				provider = provider.Parent()
			}
			at, known := groupOf[provider]
			if !known {
				at = len(groups)
				groupOf[provider], groups = at, append(groups, nil)
			}
			groups[at] = append(groups[at], addr)
		}
	}
	return greetings, groups
}

// mailHosts are the MX hosts of the domains whose MX records are known; the zones of these are given the greetings.
func (v *observer) mailHosts(
	o *Observation, s *sorter, domains []zonefiles.Name, greetings map[netip.Addr]*observed.Greeting,
) (hosts []zonefiles.Name) {
	for _, d := range domains {
		mx := v.ask(d, dns.TypeMX)
		if mx == nil {
			continue
		}
		zone := o.seen(s.zoneOf(d))
		zone.Mail, zone.Vantage = greetings, v.client.Mail.TrustVantage
		if mx.status == noData {
			hosts = append(hosts, mx.end)
		}
		hosts = append(hosts, mx.targets()...)
	}
	return hosts
}

// notTestable gives the addresses that are closed in a family in which none is open, since nothing tells whose fault it
// is. It marks those of a family in which no address of three networks or more answers, as where port 25 is blocked.
func notTestable(greetings map[netip.Addr]*observed.Greeting) (closed []netip.Addr) {
	for _, bits := range [...]int{24, 48} {
		networks := map[netip.Prefix]bool{}
		isOpen, isReached := false, false
		var inFamily []netip.Addr
		for addr, g := range greetings {
			if addr.Is4() != (bits == 24) {
				continue
			}
			if g.Verdict == observed.Silent {
				network, _ := addr.Prefix(bits)
				networks[network] = true
			} else if g.Verdict != observed.NotTested && g.Verdict != observed.NoRoute {
				isReached = true
			}
			if isOpen = isOpen || g.Verdict.IsOpen(); g.Verdict.IsClosed() {
				inFamily = append(inFamily, addr)
			}
		}
		if isOpen {
			continue
		}
		closed = append(closed, inFamily...)
		if isReached || len(networks) < minBlocked {
			continue
		}
		for _, addr := range inFamily {
			greetings[addr].Verdict = observed.NotTestable
		}
	}
	return closed
}

// greet connects to an address.
func greet(ctx context.Context, server netip.AddrPort, manners MailManners) (g observed.Greeting) {
	ctx, cancel := context.WithTimeout(ctx, manners.All)
	defer cancel()
	conn, err := (&net.Dialer{Timeout: manners.Connect, FallbackDelay: -1}).DialContext(ctx, "tcp", server.String())
	if err != nil {
		return observed.Greeting{Verdict: verdictOf(err)}
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	replies := bufio.NewReaderSize(io.LimitReader(conn, maxReply), maxReply)
	conn.SetDeadline(time.Now().Add(manners.Banner))
	code, lines, err := readReply(replies)
	if err != nil {
		return observed.Greeting{Verdict: verdictOf(err)}
	}
	g = observed.Greeting{Verdict: verdictOfCode(code), Banner: lines[0]}
	if g.Verdict != observed.Open {
		return g
	}
	conn.SetDeadline(time.Now().Add(manners.Reply))
	own := conn.LocalAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
	literal := "[" + own.String() + "]" // RFC 5321 s.4.1.3
	if own.Is6() {
		literal = "[IPv6:" + own.WithZone("").String() + "]"
	}
	if _, err := fmt.Fprintf(conn, "EHLO %s\r\n", literal); err != nil {
		return g
	}
	if _, lines, err = readReply(replies); err == nil {
		g.StartTLS = slices.ContainsFunc(lines, func(line string) bool { return strings.EqualFold(line, "STARTTLS") })
		_, _ = io.WriteString(conn, "QUIT\r\n") // whether it arrives does not matter
	}
	return g
}

// readReply reads a whole reply (RFC 5321 s.4.2.1).
func readReply(r *bufio.Reader) (code int, lines []string, err error) {
	for len(lines) < maxReplyLines {
		line, err := r.ReadString('\n')
		if err != nil {
			return 0, nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		if len(line) < 3 {
			return 0, nil, errNoSMTP
		}
		if code, err = strconv.Atoi(line[:3]); err != nil || code < 200 || code > 599 {
			return 0, nil, errNoSMTP
		}
		lines = append(lines, strings.TrimLeft(line[3:], "- "))
		if len(line) == 3 || line[3] != '-' {
			return code, lines, nil
		}
	}
	return 0, nil, errNoSMTP
}

var errNoSMTP = errors.New("what listens does not speak SMTP")

func verdictOfCode(code int) observed.Verdict {
	switch code / 100 {
	case 2:
		return observed.Open
	case 4:
		return observed.Busy
	}
	return observed.Refuses
}

// verdictOf words what the system says; a firewall says no over IPv6 with EACCES.
func verdictOf(err error) observed.Verdict {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return observed.Closed
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.EACCES):
		return observed.Blocked
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT):
		return observed.NoRoute
	case errors.Is(err, errNoSMTP), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return observed.Refuses
	case errors.As(err, &timeout) && timeout.Timeout():
		return observed.Silent
	}
	return observed.NotTested
}
