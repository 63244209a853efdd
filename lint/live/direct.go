package live

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"syscall"
	"time"

	"github.com/miekg/dns"

	"mx46/lint/observed"
)

// This file asks an authoritative server one question, and tells an answer from a fault of the server's.

// reply is what a server does about a question.
type reply struct {
	answer
	fault observed.FaultKind
	// tcpFault is set where the server refers to TCP and cannot be asked over it.
	tcpFault bool
}

// direct asks a server itself, waiting for so long. What lies between may drop questions with EDNS, or the server may
// not know it, whatever its reply holds: it is asked again without, and an answer to either counts.
func (a *asker) direct(ctx context.Context, q question, wait time.Duration) reply {
	q.direct = true
	message, err := a.eitherWay(ctx, q, wait)
	if err != nil {
		return reply{fault: faultOf(err)}
	}
	tcp := isTruncated(message)
	if tcp {
		if message, err = a.overTCP(ctx, wait); err != nil {
			return reply{fault: observed.BrokenTCP, tcpFault: true}
		}
	}
	r := judge(message, q)
	r.tcp = tcp
	return r
}

// eitherWay sends a question with EDNS, and without after half the time or where the server refuses EDNS.
func (a *asker) eitherWay(ctx context.Context, q question, wait time.Duration) (message []byte, err error) {
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	deadline := time.Now().Add(wait)
	a.query = appendQuery(nil, uint16(rand.Uint32()), q, true)
	message, err = a.exchange(ctx, wait/2, nil)
	switch {
	case err == nil:
		if _, err := readAnswer(message, q); !errors.Is(err, errNoEDNS) {
			return message, nil
		}
	case !errors.Is(err, errSilence):
		return nil, err
	}
	earlier := a.query
	a.query = appendQuery(nil, uint16(rand.Uint32()), q, false)
	return a.exchange(ctx, time.Until(deadline), earlier)
}

// judge reads an answer of an authoritative server.
func judge(message []byte, q question) reply {
	authoritative := message[2]&0x04 != 0
	found, err := readAnswer(message, q)
	var denial unproved
	var refusal refused
	switch {
	case errors.As(err, &refusal):
		return reply{fault: faultOfCode(refusal.rcode)}
	case errors.As(err, &denial) && denial == dns.RcodeSuccess:
		found = answer{status: noData, end: q.name} // without its SOA record (RFC 2308 s.5), or of a referral
	case errors.As(err, &denial):
		found = answer{status: nxDomain, end: q.name}
	case err != nil:
		return reply{fault: observed.Malformed}
	}
	switch {
	case found.status == nxDomain && found.end == q.name:
		return reply{answer: found, fault: observed.NXDomain}
	case !authoritative:
		return reply{answer: found, fault: observed.NotAuthoritative}
	}
	return reply{answer: found}
}

func faultOfCode(rcode int) observed.FaultKind {
	switch rcode {
	case dns.RcodeServerFailure:
		return observed.ServFail
	case dns.RcodeNotImplemented:
		return observed.NotImplemented
	case dns.RcodeFormatError:
		return observed.FormatError
	case dns.RcodeRefused:
		return observed.Refused
	}
	return observed.OtherError
}

func faultOf(err error) observed.FaultKind {
	switch {
	case errors.Is(err, errMalformed):
		return observed.Malformed
	case errors.Is(err, errRefused):
		return observed.Unreachable
	}
	return observed.Silence
}

// hasRoute reports whether this machine can send to the address at all: only the lack of a route shows at once.
func hasRoute(address string) bool {
	conn, err := net.Dial("udp", address)
	if err == nil {
		conn.Close()
	}
	return !errors.Is(err, syscall.ENETUNREACH) && !errors.Is(err, syscall.EADDRNOTAVAIL) &&
		!errors.Is(err, syscall.EAFNOSUPPORT)
}
