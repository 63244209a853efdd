package live

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"mx46/lint/mtasts"
	"mx46/lint/observed"
	"mx46/zonefiles"
)

// This file finds the MTA-STS policies of mail domains.

// policyHost asks whether a domain announces a policy, and for the addresses of the host that has it.
func (v *observer) policyHost(domain zonefiles.Name) (host zonefiles.Name, addresses []netip.Addr, announced bool) {
	record, errRecord := domain.Child("_mta-sts")
	host, errHost := domain.Child("mta-sts")
	if errRecord != nil || errHost != nil {
		return host, nil, false
	}
	txt := v.ask(record, dns.TypeTXT)
	if txt == nil {
		return host, nil, false
	}
	for _, r := range txt.records {
		if txt, ok := r.(*dns.TXT); ok && strings.HasPrefix(strings.Join(txt.Txt, ""), "v=STSv1") {
			addresses, _ = v.addresses(host)
			return host, addresses, true
		}
	}
	return host, nil, false
}

// fetchPolicies fetches the policy of each domain that announces one. That a host has no address is for the zones to
// tell.
func (v *observer) fetchPolicies(ctx context.Context, o *Observation, s *sorter, want Observe) error {
	for _, domain := range want.Domains {
		host, addresses, announced := v.policyHost(domain)
		if !announced || len(addresses) == 0 {
			continue
		}
		if !want.Policies {
			o.Unfetched = append(o.Unfetched, domain)
			continue
		}
		var to []netip.Addr
		for _, addr := range addresses[:min(len(addresses), maxWebHosts)] {
			if v.mayConnect(o, addr) {
				to = append(to, addr)
			}
		}
		if len(to) == 0 {
			continue
		}
		uri := "https://" + host.Undotted() + "/.well-known/mta-sts.txt"
		body, reason, err := v.client.fetch(ctx, host.Undotted(), uri, to)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			o.Unanswered = append(o.Unanswered, fmt.Errorf("%s: %w", uri, err))
			continue
		case reason != "":
			body = fmt.Appendf(nil, "# %s %s\n", host, reason)
		}
		file, err := s.files.AddAnswer(uri, body)
		if err != nil {
			return err
		}
		if reason == "" {
			o.Policies[domain] = mtasts.Parse(file)
			continue
		}
		seen := o.seen(s.zoneOf(domain))
		seen.Policies = append(seen.Policies, observed.NoPolicy{Domain: domain, Reason: reason, Answer: lineOf(file)})
	}
	return nil
}
