package cli_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"mx46/testdata/e2e"
	"mx46/testdata/resolver"
)

// TestZonesThatRealServersSendOver asks NSD and Knot DNS for whole zones, with the right key, with others and without.
func TestZonesThatRealServersSendOver(t *testing.T) {
	e2e.Slow(t)
	e2e.Require(t, "tsig-keygen")
	const name, secret, other = "transfer.key", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg=="
	// A wildcard that hides a family and missing glue show in whole zones alone.
	zone := resolver.Zone{Origin: "plain.test.", Text: "@\tNS ns\nns A 192.0.32.53\nns AAAA 2620:0:2d0::53\n@ MX 10 mx\n" +
		"  MX 20 mx.sub\nmx A 192.0.32.1\n* A 192.0.32.1\n* AAAA 2620:0:2d0::1\nsub NS ns.sub\n"}
	for i := range 2000 { // more than fits into one message
		zone.Text += fmt.Sprintf("h%d A 192.0.32.%d\n", i, i%250+1)
	}
	key := func(name, algorithm, secret string) string {
		return fmt.Sprintf("key %q {\n\talgorithm %s;\n\tsecret %q;\n};\n", name, algorithm, secret)
	}
	for _, server := range []struct {
		name string
		run  func(testing.TB, resolver.Key, resolver.Zone) netip.AddrPort
	}{{"NSD", resolver.NSD}, {"Knot", resolver.Knot}} {
		t.Run(server.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "right", key(name, "hmac-sha256", secret))
			put(t, dir, "secret", key(name, "hmac-sha256", other))
			put(t, dir, "name", key("other.key", "hmac-sha256", secret))
			put(t, dir, "algorithm", key(name, "hmac-sha512", secret))
			put(t, dir, "generated", command(t, "tsig-keygen", "-a", "hmac-sha256", name))
			put(t, dir, "none", "secret "+secret)
			keyed := server.run(t, resolver.Key{Name: name, Algorithm: "hmac-sha256", Secret: secret}, zone).String()
			open := server.run(t, resolver.Key{}, zone).String()
			const notAuth = "NOTAUTH: the server has another key: by name, algorithm, secret or clock"
			refused := "REFUSED: the server sends the zone to others, or to those who have its key"
			algorithm := refused
			if server.name == "Knot" {
				refused, algorithm = "NOTAUTH: the server has no such zone, or sends it to those who have its key", notAuth
			}
			for _, c := range []struct{ title, at, key, want string }{
				{"the right key", keyed, "right", ""},
				{"without a key where none is needed", open, "", ""},
				{"another secret", keyed, "secret", notAuth},
				{"another key", keyed, "name", notAuth},
				{"another algorithm", keyed, "algorithm", algorithm},
				{"a key that the server does not know", keyed, "generated", notAuth},
				{"without a key", keyed, "", refused},
				{"a file without a key", keyed, "none", "--key none: it is no key"},
			} {
				args := []string{"check", "plain.test", "--axfr", c.at, "--min-severity", "warning", "--format", "concise"}
				if c.key != "" {
					args = append(args, "--key", c.key)
				}
				got := runOn(t, dir, today, args...)
				switch {
				case strings.Contains(got.out+got.err, secret) || strings.Contains(got.out+got.err, other):
					t.Errorf("%s: the secret is shown: %+v", c.title, got)
				case c.want != "" && (got.code != 2 || !strings.Contains(got.err, c.want)):
					t.Errorf("%s: %+v", c.title, got)
				case c.want == "" && (got.code != 1 || !strings.Contains(got.out, "[wildcard-hides-family]") || !strings.Contains(got.out, "[glue-missing]")):
					t.Errorf("%s: exit code %d\n%.2000s%s", c.title, got.code, got.out, got.err)
				}
			}
			if got := runOn(t, dir, today, "check", "other.test", "--axfr", open); got.code != 2 || !strings.Contains(got.err, "transferring other.test from "+open+": ") {
				t.Errorf("a zone that the server does not have: %+v", got)
			}
		})
	}
}
