package live

import (
	"context"
	"errors"
	"slices"

	"github.com/miekg/dns"

	"mx46/lint/observed"
	"mx46/zonefiles"
)

// This file finds out whether a question fails because its zone's DNSSEC is broken: a resolver answers it where it is
// told not to check (RFC 4035 s.3.2.2). That may be the resolver's own fault, so another one has to agree, or a server
// of the zone has to answer.

// isSuspect reports whether mail rests on a question to which all resolvers say SERVFAIL.
func (v *observer) isSuspect(q question) bool {
	f := v.facts[q]
	return !q.unchecked && (q.of == dns.TypeMX || q.of == dns.TypeA || q.of == dns.TypeAAAA) &&
		f != nil && f.err != nil && f.failures == len(v.resolvers)
}

// suspect asks again without checks, and for whom to ask besides.
func (v *observer) suspect(q question) {
	v.unchecked(q.name, q.of)
	soa := v.unchecked(q.name, dns.TypeSOA)
	if soa == nil || soa.zone.IsRoot() || !v.servers {
		return
	}
	if ns := v.unchecked(soa.zone, dns.TypeNS); ns != nil {
		for _, server := range ns.servers[:min(len(ns.servers), maxParents)] {
			v.unchecked(server, dns.TypeA)
			v.unchecked(server, dns.TypeAAAA)
		}
	}
}

func (v *observer) unchecked(name zonefiles.Name, of uint16) *answer {
	return v.want(question{name: name, of: of, unchecked: true})
}

// findBogus reports the suspects of which somebody else says the same.
func (v *observer) findBogus(ctx context.Context, o *Observation, s *sorter) error {
	for _, q := range v.asked {
		if !v.isSuspect(q) {
			continue
		}
		found, soa := v.unchecked(q.name, q.of), v.unchecked(q.name, dns.TypeSOA)
		if found == nil || soa == nil || len(v.resolvers) < 2 && !v.answersItself(ctx, o, q, soa.zone) ||
			!v.stillFails(ctx, q) {
			continue
		}
		of := v.facts[q]
		text := noteText(q.name, q.of, "SERVFAIL, and an answer where it is not checked", of.from)
		file, err := s.files.AddAnswer(of.from.uri(q.name, q.of), text)
		if err != nil {
			return err
		}
		// The zone is there, to report it of; what mail rests on stays unknown.
		from := v.facts[question{name: q.name, of: dns.TypeSOA, unchecked: true}].from
		note := noteText(soa.zone, dns.TypeSOA, "the zone of "+q.name.String(), from)
		if _, err := s.put(soa.zone, dns.TypeSOA, true, note, from.uri(q.name, dns.TypeSOA)); err != nil {
			return err
		}
		var refusal refused
		errors.As(of.err, &refusal)
		seen := o.seen(soa.zone)
		seen.Bogus = append(seen.Bogus, observed.Bogus{
			Name: q.name, Type: zonefiles.Type(q.of), Reason: refusal.reason, Answer: lineOf(file),
		})
	}
	return nil
}

// stillFails reports whether all resolvers say SERVFAIL again, now that the answer is known: what failed may have been
// a server that did not answer for a while.
func (v *observer) stillFails(ctx context.Context, q question) bool {
	return !slices.ContainsFunc(v.resolvers, func(r *Resolver) bool {
		a := r.lend(v.client)
		defer r.takeBack(a)
		_, err := a.ask(ctx, q)
		return !errors.Is(err, errServFail)
	})
}

// answersItself reports whether a server of the zone answers the question.
func (v *observer) answersItself(ctx context.Context, o *Observation, q question, zone zonefiles.Name) bool {
	if !v.servers {
		return false
	}
	ns := v.unchecked(zone, dns.TypeNS)
	if ns == nil {
		return false
	}
	for _, server := range ns.servers[:min(len(ns.servers), maxParents)] {
		for _, of := range [...]uint16{dns.TypeA, dns.TypeAAAA} {
			found := v.unchecked(server, of)
			if found == nil {
				continue
			}
			for _, addr := range found.addresses {
				if !v.mayContact(o, addr) {
					continue
				}
				a := v.client.asker(NewResolver(v.client.address(addr)))
				r := a.direct(ctx, q, v.client.Servers.orDefault().Waits[0])
				a.close()
				if r.fault == observed.Works {
					return true
				}
			}
		}
	}
	return false
}
