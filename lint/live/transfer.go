package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mx46/zonefiles"
)

// This file has whole zones sent over (RFC 5936).

// Key is a shared secret that signs transfers (RFC 8945).
type Key struct {
	name, algorithm, secret string
}

const keyStatement = `(?s)^\s*key\s+"?([^"\s{]+)"?\s*\{(.*)\}\s*;?\s*$`

// ParseKey reads a file as tsig-keygen writes it: key "NAME" { algorithm hmac-sha256; secret "BASE64"; };
func ParseKey(text []byte) (*Key, error) {
	found := regexp.MustCompile(keyStatement).FindSubmatch(text)
	if found == nil {
		return nil, errors.New(`it is no key "NAME" { algorithm NAME; secret "BASE64"; };`)
	}
	k := &Key{name: dns.CanonicalName(string(found[1]))}
	for statement := range strings.SplitSeq(string(found[2]), ";") {
		words := strings.Fields(statement)
		if len(words) != 2 {
			continue
		}
		switch value := strings.Trim(words[1], `"`); words[0] {
		case "algorithm":
			k.algorithm = dns.CanonicalName(value)
		case "secret":
			k.secret = value
		}
	}
	if k.algorithm == "" || k.secret == "" {
		return nil, errors.New("it has no algorithm or no secret")
	}
	return k, nil
}

// Transfer is a zone as a server sends it, in master-file text of at most limit bytes. The server has to send something
// as often as the client's last wait.
func (c *Client) Transfer(
	ctx context.Context, server netip.AddrPort, zone zonefiles.Name, key *Key, limit int64,
) ([]byte, error) {
	waits := c.Waits
	if len(waits) == 0 {
		waits = DefaultWaits()
	}
	wait := waits[len(waits)-1]
	conn, err := (&net.Dialer{Timeout: wait}).DialContext(ctx, "tcp", server.String())
	if err != nil {
		return nil, failure(err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	q := new(dns.Msg).SetAxfr(zone.String())
	t := &dns.Transfer{Conn: &dns.Conn{Conn: conn}, ReadTimeout: wait, WriteTimeout: wait}
	if key != nil {
		q.SetTsig(key.name, key.algorithm, maxClockSkew, time.Now().Unix())
		t.TsigSecret = map[string]string{key.name: key.secret}
	}
	c.Progress.Questions.Add(1)
	envelopes, err := t.In(q, server.String())
	if err != nil {
		return nil, failure(err)
	}
	text := fmt.Appendf(nil, "; AXFR of %s %s\n", zone, origin{server, true})
	var problem error
	for e := range envelopes {
		switch {
		case problem != nil: // what is left of the channel
		case e.Error != nil:
			problem = transferError(ctx, e.Error)
		default:
			text = appendRecords(text, e.RR)
			if int64(len(text)) > limit {
				problem = fmt.Errorf("the zone has more than %d bytes", limit)
				conn.Close()
			}
		}
	}
	if problem != nil {
		return nil, problem
	}
	// The SOA record comes again at the end (RFC 5936 s.2.2).
	if at := bytes.LastIndexByte(text[:len(text)-1], '\n'); at > 0 {
		text = text[:at+1]
	}
	return text, nil
}

// appendRecords appends records, a line each.
func appendRecords(text []byte, records []dns.RR) []byte {
	for _, r := range records {
		h := r.Header()
		if owner, ok := ownerOf(r); ok && h.Rrtype != dns.TypeTSIG {
			text = fmt.Appendf(text, "%s %d IN %s %s\n", owner, h.Ttl, typeName(h.Rrtype), rdataText(r))
		}
	}
	return text
}

const transferCode = `bad xfr rcode: (\d+)`

// transferError words why a transfer fails.
func transferError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if found := regexp.MustCompile(transferCode).FindStringSubmatch(err.Error()); found != nil {
		switch found[1] {
		case "5":
			return errors.New("REFUSED: the server sends the zone to others, or to those who have its key")
		case "9":
			return errors.New("NOTAUTH: the server has no such zone, or sends it to those who have its key")
		}
		return fmt.Errorf("RCODE %s", found[1])
	}
	switch {
	case errors.Is(err, dns.ErrAuth): // NOTAUTH, where there is a key
		return errors.New("NOTAUTH: the server has another key: by name, algorithm, secret or clock")
	case errors.Is(err, dns.ErrTime):
		return errors.New("the server's clock differs from this machine's")
	case errors.Is(err, dns.ErrSig), errors.Is(err, dns.ErrNoSig), errors.Is(err, dns.ErrKeyAlg):
		return errors.New("what the server sends is not signed with the key")
	}
	return failure(err)
}
