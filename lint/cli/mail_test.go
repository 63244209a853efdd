package cli_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/testdata/e2e"
	"mx46/testdata/netns"
	"mx46/testdata/resolver"
)

// TestRealMailServers connects to Postfix as people run it, and to addresses that firewalls guard.
func TestRealMailServers(t *testing.T) {
	var addresses []string
	for i := 1; i <= 11; i++ {
		addresses = append(addresses, fmt.Sprintf("203.0.114.%d/32", i), fmt.Sprintf("2600:9::%d/128", i))
	}
	if !netns.Enter(t, addresses...) {
		return
	}
	e2e.Require(t, "nft", "openssl")
	dir := t.TempDir()
	command(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mx.mail.test", "-keyout", filepath.Join(dir, "key"),
		"-out", filepath.Join(dir, "cert"))
	tls := fmt.Sprintf("-o smtpd_tls_security_level=may -o smtpd_tls_cert_file=%s/cert -o smtpd_tls_key_file=%[1]s/key", dir)
	service := func(addr, options string) string {
		if strings.Contains(addr, ":") {
			addr = "[" + addr + "]"
		}
		return addr + ":25 inet n - n - - smtpd " + options
	}
	both := func(i int, options string) []string {
		return []string{service(fmt.Sprintf("203.0.114.%d", i), options), service(fmt.Sprintf("2600:9::%d", i), options)}
	}
	const refuse = "-o smtpd_delay_reject=no -o smtpd_client_restrictions=reject"
	services := slices.Concat(both(1, ""), both(2, ""), both(3, ""), both(4, ""), // of which a firewall guards IPv6 of 2, 3 and 4
		[]string{"203.0.114.5:25 inet n - n - 1 postscreen", service("2600:9::5", ""), "smtpd pass - - n - - smtpd"},
		[]string{service("203.0.114.6", ""), service("2600:9::6", "-o smtpd_client_connection_count_limit=1 -o smtpd_client_connection_rate_limit=1 -o smtpd_client_event_limit_exceptions=")},
		[]string{service("203.0.114.7", "-o smtpd_delay_reject=no -o { smtpd_client_restrictions = sleep 4 }"), service("2600:9::7", "")},
		[]string{service("203.0.114.8", ""), service("2600:9::8", refuse)},
		[]string{service("203.0.114.9", tls), service("2600:9::9", "")},
		both(10, tls), []string{service("203.0.114.11", "")}, // without IPv6
	)
	resolver.Postfix(t, "postscreen_greet_action = enforce", services...)
	command(t, "nft", `add table inet guard; add chain inet guard in { type filter hook input priority 0; };
add rule inet guard in ip6 daddr 2600:9::2 tcp dport 25 drop;
add rule inet guard in ip6 daddr 2600:9::3 tcp dport 25 reject with tcp reset;
add rule inet guard in ip6 daddr 2600:9::4 tcp dport 25 reject with icmpv6 type admin-prohibited`)

	zone := resolver.Zone{Origin: "mail.test.", Text: "@\tNS ns\nns A 203.0.114.53\n"}
	args := []string{"check", "--connect", "--qps", "0", "--format", "json", "--min-severity", "note", "--select", "smtp-family-closed,smtp-families-differ"}
	for i := 1; i <= 11; i++ {
		zone.Text += fmt.Sprintf("d%d MX 10 mx%[1]d\nmx%[1]d A 203.0.114.%[1]d\nmx%[1]d AAAA 2600:9::%[1]d\n", i)
		args = append(args, fmt.Sprintf("d%d.mail.test", i))
	}
	world, _ := resolver.World(t, resolver.Root, zone)
	args = append(args, "--resolver", resolver.Unbound(t, world, "").String())
	got := runOn(t, dir, today, args...)
	var report struct{ Findings []finding }
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatalf("%v\n%+v", err, got)
	}
	var lines []string
	for _, f := range report.Findings {
		lines = append(lines, f.Severity+" "+f.Rule+": "+f.Message)
	}
	slices.Sort(lines)
	want := []string{
		"error smtp-family-closed: MX host mx11.mail.test publishes an address where port 25 is not to be reached: 2600:9::11 is closed",
		"error smtp-family-closed: MX host mx2.mail.test publishes an address where port 25 is not to be reached: 2600:9::2 does not answer",
		"error smtp-family-closed: MX host mx3.mail.test publishes an address where port 25 is not to be reached: 2600:9::3 is closed",
		"error smtp-family-closed: MX host mx4.mail.test publishes an address where port 25 is not to be reached: 2600:9::4 is unreachable",
		"warning smtp-families-differ: MX host mx8.mail.test takes mail over IPv4 and refuses it over IPv6",
		"warning smtp-families-differ: MX host mx9.mail.test offers STARTTLS over IPv4 and not over IPv6",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got:\n%s\n%s", diff, got.err)
	}

	// Where nothing is open over IPv6, this machine may be to blame.
	alone := []string{"check", "d3.mail.test", "--connect", "--qps", "0", "--select", "smtp-family-closed", "--resolver", args[len(args)-1]}
	const note = "Port 25 over IPv6 not judged: none is open from here (1 server; --trust-vantage judges them)."
	if got := runOn(t, dir, today, alone...); got.code != 0 || strings.Count(got.out, note) != 1 {
		t.Errorf("%+v", got)
	}
	if got := runOn(t, dir, today, append(alone, "--trust-vantage")...); got.code != 1 || strings.Contains(got.out, "not judged") ||
		!strings.Contains(got.out, "error[smtp-family-closed]: MX host mx3.mail.test ") {
		t.Errorf("--trust-vantage: %+v", got)
	}
	dumped := runOn(t, dir, today, append(alone, "--dump")...).out
	if !strings.Contains(dumped, "; smtp://203.0.114.3:25\n;   ; 203.0.114.3 over port 25: takes mail \"mx.mail.test ESMTP Postfix\"\n") {
		t.Errorf("the dump lacks the greeting:\n%s", dumped)
	}
}
