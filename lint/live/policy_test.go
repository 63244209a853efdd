package live

import (
	"fmt"
	"testing"
	"time"

	"mx46/lint/mtasts"
)

func TestPoliciesOfDomains(t *testing.T) {
	good, roots := certificate(t, time.Now().Add(time.Hour), "mta-sts.example.org")
	s := webServer(t, good, plainText(policyText))
	w := newWorld(t, root+`
example.org. 300 IN SOA ns.example.org. x. 1 2 3 4 300
example.org. 300 IN MX 10 mx.example.org.
_mta-sts.example.org. 300 IN TXT "v=STSv1; id=1"
mta-sts.example.org. 300 IN A 127.0.0.1
mx.example.org. 300 IN A 203.0.114.1
example.net. 300 IN SOA ns.example.net. x. 1 2 3 4 300
example.net. 300 IN MX 10 mx.example.org.
_mta-sts.example.net. 300 IN TXT "v=STSv1; id=1"
mta-sts.example.net. 300 IN CNAME mta-sts.example.org.
example.com. 300 IN SOA ns.example.net. x. 1 2 3 4 300
example.com. 300 IN MX 10 mx.example.org.
_mta-sts.example.com. 300 IN TXT "none"
mta-sts.example.com. 300 IN A 127.0.0.1
`)
	const domains = "example.org. example.net. example.com."
	c := quick()
	c.Web = WebManners{Port: portOf(s), Roots: roots}
	seen, _ := observe(t, c, Observe{}, domains, w.serve(t))
	if got := fmt.Sprint(seen.Unfetched); got != "[example.org. example.net.]" || len(seen.Policies) > 0 {
		t.Errorf("nobody asked for policies: %s", got)
	}
	seen, _ = observe(t, c, Observe{Policies: true}, domains, w.serve(t))
	if len(seen.Withheld) != 2 || len(seen.Policies) > 0 {
		t.Errorf("a private address is spoken to: %v", seen.Withheld)
	}
	c.AllowPrivate = true
	seen, _ = observe(t, c, Observe{Policies: true}, domains, w.serve(t))
	if len(seen.Policies) != 1 || len(seen.Unfetched) > 0 {
		t.Errorf("%v %v", seen.Policies, seen.Unfetched)
	}
	for domain, policy := range seen.Policies {
		if domain.String() != "example.org." || policy.Fault != "" || policy.Mode != mtasts.Enforce {
			t.Errorf("%s: %+v", domain, policy)
		}
	}
	faults := 0
	for zone, z := range seen.Seen {
		for _, p := range z.Policies {
			if faults++; zone != p.Domain || p.Domain.String() != "example.net." || p.Reason != "has a certificate for another name" || p.Answer.IsEmpty() {
				t.Errorf("%+v", p)
			}
		}
	}
	if faults != 1 {
		t.Errorf("%d policies that are not given out", faults)
	}
}
