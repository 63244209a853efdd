package live

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx46/lint/observed"
	"mx46/testdata/e2e"
	"mx46/testdata/netns"
	"mx46/testdata/resolver"
)

// TestVerdictsOfRealMailServers connects to Postfix as people run it, and to addresses that firewalls guard, over IPv4
// and over IPv6.
func TestVerdictsOfRealMailServers(t *testing.T) {
	const hosts = 10
	both := func(i int) [2]netip.Addr {
		return [2]netip.Addr{netip.MustParseAddr(fmt.Sprintf("203.0.114.%d", i)), netip.MustParseAddr(fmt.Sprintf("2600:9::%d", i))}
	}
	var addresses []string
	for i := 1; i <= hosts; i++ {
		for _, addr := range both(i) {
			addresses = append(addresses, netip.PrefixFrom(addr, addr.BitLen()).String())
		}
	}
	if !netns.Enter(t, addresses...) {
		return
	}
	e2e.Require(t, "nft", "openssl")
	run := func(program string, args ...string) {
		t.Helper()
		if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", program, err, out)
		}
	}
	dir := t.TempDir()
	run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mx.mail.test", "-keyout", filepath.Join(dir, "key"),
		"-out", filepath.Join(dir, "cert"))
	const delay = "-o smtpd_delay_reject=no "
	options := []string{
		1: "", 2: fmt.Sprintf("-o smtpd_tls_security_level=may -o smtpd_tls_cert_file=%s/cert -o smtpd_tls_key_file=%[1]s/key", dir),
		3: "postscreen", 4: delay + "-o { smtpd_client_restrictions = sleep 4 }", 5: delay + "-o smtpd_client_restrictions=reject",
		6: "-o smtpd_client_connection_rate_limit=1 -o smtpd_client_event_limit_exceptions=", 7: "", 8: "", 9: "",
	}
	var services []string
	for i, o := range options {
		for _, addr := range both(max(i, 1)) {
			service := "inet n - n - - smtpd " + o
			if o == "postscreen" {
				service = "inet n - n - 1 postscreen"
			}
			if i > 0 && !(o == "postscreen" && addr.Is6()) { // of which there is one
				services = append(services, netip.AddrPortFrom(addr, mailPort).String()+" "+service)
			}
		}
	}
	const settings = "mynetworks = 127.0.0.0/8\npostscreen_access_list =\npostscreen_greet_action = enforce\npostscreen_greet_wait = 3s"
	resolver.Postfix(t, settings, append(services, "smtpd pass - - n - - smtpd")...)
	run("nft", `add table inet guard; add chain inet guard in { type filter hook input priority 0; };
add rule inet guard in ip daddr 203.0.114.7 tcp dport 25 drop;
add rule inet guard in ip6 daddr 2600:9::7 tcp dport 25 drop;
add rule inet guard in ip daddr 203.0.114.8 tcp dport 25 reject with tcp reset;
add rule inet guard in ip6 daddr 2600:9::8 tcp dport 25 reject with tcp reset;
add rule inet guard in ip daddr 203.0.114.9 tcp dport 25 reject with icmp type admin-prohibited;
add rule inet guard in ip6 daddr 2600:9::9 tcp dport 25 reject with icmpv6 type admin-prohibited`)

	manners := MailManners{Connect: 2 * time.Second, Banner: 20 * time.Second, Reply: 20 * time.Second}.orDefault()
	for i, want := range []struct {
		is     string
		open   observed.Verdict
		tls    bool
		banner string // how it begins
	}{
		1:  {"Postfix", observed.Open, false, "mx.mail.test ESMTP"},
		2:  {"Postfix with STARTTLS", observed.Open, true, "mx.mail.test ESMTP"},
		3:  {"postscreen, whose first line is a teaser", observed.Open, false, "mx.mail.test ESMTP"},
		4:  {"a banner after 4 seconds", observed.Open, false, "mx.mail.test ESMTP"},
		5:  {"554", observed.Refuses, false, "5.7.1 <unknown["},
		6:  {"421, of a server that has had enough of us", observed.Busy, false, "4.7.0 mx.mail.test Error: too many connections"},
		7:  {"a firewall that drops", observed.Silent, false, ""},
		8:  {"a firewall that resets", observed.Closed, false, ""},
		9:  {"a firewall that prohibits", observed.Blocked, false, ""},
		10: {"no mail server", observed.Closed, false, ""},
	} {
		if i == 0 {
			continue
		}
		for _, addr := range both(i) {
			if i == 3 && addr.Is6() {
				continue
			}
			to := netip.AddrPortFrom(addr, mailPort)
			if i == 6 { // the first of a minute
				conn, err := net.Dial("tcp", to.String())
				if err != nil {
					t.Fatal(err)
				}
				conn.Read(make([]byte, 1))
				conn.Close()
			}
			start := time.Now()
			got := greet(context.Background(), to, manners)
			t.Logf("%s, %s: %s %q in %s", want.is, addr, got.Verdict, got.Banner, time.Since(start).Round(10*time.Millisecond))
			if got.Verdict != want.open || got.StartTLS != want.tls || !strings.HasPrefix(got.Banner, want.banner) {
				t.Errorf("%s, %s: %+v", want.is, addr, got)
			}
		}
	}
	for _, addr := range both(200) { // of no network that this machine knows
		if got := greet(context.Background(), netip.AddrPortFrom(addr, mailPort), manners); got.Verdict != observed.NoRoute {
			t.Errorf("no route to %s: %+v", addr, got)
		}
	}
}
