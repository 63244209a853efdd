//go:build linux

package lab_test

// The name servers and resolvers of the laboratory: BIND, unbound and PowerDNS Recursor, as caches and as DNS64; a
// translator beside them; and name servers that answer wrongly for AAAA: dnsdist before an NSD that tells the truth.

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"mx46/lint/delivery"
)

// translatedPrefix is what DNS64 makes addresses of, and pool is what the translator makes of IPv6 senders.
const (
	translatedPrefix = "2001:db8:64::/96"
	pool             = "198.51.100.0/24"
)

// resolver is a kind of resolver.
type resolver struct {
	kind    delivery.Resolver
	word    string // in names of hosts
	program string
	version []string // the command that says its version
	start   func(f *farm, h *host, dns64 bool) error
}

var resolvers = []resolver{
	{delivery.BIND, "bind", "named", []string{"named", "-v"}, (*farm).bind},
	{delivery.Unbound, "unbound", "unbound", []string{"unbound", "-V"}, (*farm).unbound},
	{delivery.PowerDNS, "pdns", "pdns_recursor", []string{"pdns_recursor", "--version"}, (*farm).powerDNS},
}

// hints is a file that names the farm's root name server.
func (f *farm) hints(h *host) (string, error) {
	var text strings.Builder
	text.WriteString(". 3600000 NS ns.test.\n")
	for _, addr := range f.server.addresses() {
		fmt.Fprintf(&text, "ns.test. 3600000 %s %s\n", typeOf(addr), addr)
	}
	name := filepath.Join(h.dir, "hints")
	return name, writeFile(name, text.String())
}

func (f *farm) bind(h *host, dns64 bool) error {
	hints, err := f.hints(h)
	option := ""
	if dns64 {
		option = "dns64 " + translatedPrefix + " { clients { any; }; };"
	}
	name := filepath.Join(h.dir, "named.conf")
	err = errors.Join(err, writeFile(name, fmt.Sprintf(`
options {
	directory %q; listen-on { any; }; listen-on-v6 { any; };
	pid-file none; session-keyfile none; lock-file none; memstatistics no;
	recursion yes; allow-query { any; }; allow-recursion { any; }; dnssec-validation no; empty-zones-enable no;
	%s
};
controls { };
zone "." { type hint; file %q; };
`, h.dir, option, hints)))
	return errors.Join(err, f.start(h, nil, "named", "-g", "-n", "1", "-c", name))
}

func (f *farm) unbound(h *host, dns64 bool) error {
	hints, err := f.hints(h)
	modules := "iterator"
	if dns64 {
		modules = "dns64 iterator"
	}
	name := filepath.Join(h.dir, "unbound.conf")
	err = errors.Join(err, writeFile(name, fmt.Sprintf(`server:
	interface: 0.0.0.0
	interface: ::0
	module-config: %q
	dns64-prefix: %s
	access-control: 0.0.0.0/0 allow
	access-control: ::/0 allow
	directory: %q
	username: ""
	chroot: ""
	pidfile: ""
	use-syslog: no
	num-threads: 1
	so-rcvbuf: 0
	local-zone: "test." nodefault
	root-hints: %q
remote-control:
	control-enable: no
`, modules, translatedPrefix, h.dir, hints)))
	return errors.Join(err, f.start(h, nil, "unbound", "-d", "-c", name))
}

func (f *farm) powerDNS(h *host, dns64 bool) error {
	hints, err := f.hints(h)
	option := ""
	if dns64 {
		option = "dns64-prefix=" + translatedPrefix
	}
	err = errors.Join(err, writeFile(filepath.Join(h.dir, "recursor.conf"), fmt.Sprintf(`local-address=0.0.0.0,::
query-local-address=0.0.0.0,::
hint-file=%s
dont-query=
socket-dir=%s
security-poll-suffix=
dnssec=off
daemon=no
threads=1
allow-from=0.0.0.0/0,::/0
setuid=
setgid=
disable-syslog=yes
%s
`, hints, h.dir, option)))
	return errors.Join(err, f.start(h, nil, "pdns_recursor", "--config-dir="+h.dir))
}

// awaitResolvers waits until resolvers answer, and has each look the names' AAAA records up, as other clients of a
// cache would have done before.
func (f *farm) awaitResolvers(list []*host, names []string) error {
	type answer struct {
		host *host
		err  error
	}
	answers := make(chan answer)
	for _, h := range list {
		go func() { answers <- answer{h, f.awaitResolver(h, names)} }()
	}
	var failed error
	for range list {
		if a := <-answers; a.err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", a.host.name, a.err))
		}
	}
	return failed
}

func (f *farm) awaitResolver(h *host, names []string) error {
	dig := func(args ...string) ([]byte, error) {
		at := "@" + h.addresses()[0].String()
		return exec.Command("ip", append([]string{"netns", "exec", h.namespace, "dig", "+tries=1", at}, args...)...).Output()
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		out, err := dig("+time=1", "test.", "SOA")
		if err == nil && bytes.Contains(out, []byte("flags:")) && !bytes.Contains(out, []byte("SERVFAIL")) {
			break
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(h.dir, "output"))
			return fmt.Errorf("it does not answer: %w: %s\n%s", err, out, log)
		}
	}
	questions := []string{"+time=2"}
	for _, name := range names {
		questions = append(questions, name, "AAAA")
	}
	dig(questions...) // some get no answer
	return nil
}

// translator runs NAT64 on a host that is a router.
func (f *farm) translator(h *host) error {
	name := filepath.Join(h.dir, "tayga.conf")
	config := fmt.Sprintf("tun-device nat64\nipv4-addr 198.51.100.1\nipv6-addr 2001:db8:2::1\nprefix %s\ndata-dir %s\n",
		translatedPrefix, h.dir)
	for _, sender := range f.hosts {
		if len(sender.routes) > 0 && strings.HasPrefix(sender.routes[0], translatedPrefix) {
			config += fmt.Sprintf("map 198.51.100.%d %s\n", sender.number, sender.addresses()[0])
		}
	}
	err := writeFile(name, config)
	in := func(command string) {
		err = errors.Join(err, feed(command, "ip", "netns", "exec", h.namespace, "sh", "-e"))
	}
	in("echo 1 >/proc/sys/net/ipv4/ip_forward\necho 1 >/proc/sys/net/ipv6/conf/all/forwarding\n")
	in("ip addr add fe80::1/64 dev eth0 nodad") // without it Linux asks for no neighbor that it forwards a packet to
	in("tayga --mktun -c " + name)
	in("ip link set nat64 up\nip route add " + pool + " dev nat64\nip -6 route add " + translatedPrefix + " dev nat64\n")
	return errors.Join(err, f.start(h, nil, "tayga", "-d", "-c", name))
}

// A name server that answers wrongly: dnsdist asks an NSD that tells the truth on one port, and one that denies all
// names on the next.
const (
	truthPort = 5391
	liesPort  = 5392
)

// nsd serves a zone at a host.
func (f *farm) nsd(h *host, file, origin, zone string, port int) error {
	name := filepath.Join(h.dir, file+".conf")
	err := errors.Join(
		writeFile(filepath.Join(h.dir, file+".zone"), zone),
		writeFile(name, fmt.Sprintf(`server:
	username: ""
	chroot: ""
	xfrdfile: ""
	database: ""
	zonelistfile: ""
	pidfile: ""
	zonesdir: %q
	server-count: 1
	rrl-ratelimit: 0
	port: %d
remote-control:
	control-enable: no
zone:
	name: %q
	zonefile: "%s.zone"
`, h.dir, port, origin, file)))
	return errors.Join(err, f.start(h, nil, "nsd", "-d", "-c", name))
}

// faultRules are the rules of dnsdist that make a fault; Q is the question for AAAA of the fault's host.
var faultRules = map[delivery.AAAAFault]string{
	delivery.AAAADrop:     `addAction(Q, DropAction())`,
	delivery.AAAANXDomain: `addAction(Q, PoolAction("lies"))`,
	delivery.AAAAServFail: `addAction(Q, RCodeAction(DNSRCode.SERVFAIL))`,
	delivery.AAAANotImp:   `addAction(Q, RCodeAction(DNSRCode.NOTIMP))`,
	delivery.AAAAFormErr:  `addAction(Q, RCodeAction(DNSRCode.FORMERR))`,
	delivery.AAAARefused:  `addAction(Q, RCodeAction(DNSRCode.REFUSED))`,
	delivery.AAAAShort:    `addAction(Q, SpoofRawAction("\192\000\002\009", {aa=true, ttl=600}))`,
	delivery.AAAALame:     `addAction(Q, RCodeAction(DNSRCode.NOERROR, {aa=false}))`,
}

// faultyServer serves a zone at a host, wrongly for AAAA of some names.
func (f *farm) faultyServer(h *host, origin, head, records string, faults map[string]delivery.AAAAFault) error {
	if err := f.nsd(h, "truth", origin, head+records, truthPort); err != nil {
		return err
	}
	if err := f.nsd(h, "lies", origin, head, liesPort); err != nil {
		return err
	}
	conf := fmt.Sprintf(`setSecurityPollSuffix("")
setLocal("0.0.0.0:53", {}) addLocal("[::]:53", {}) setACL({"0.0.0.0/0", "::/0"})
newServer({address="127.0.0.1:%d", healthCheckMode="up"})
newServer({address="127.0.0.1:%d", healthCheckMode="up", pool="lies"})
`, truthPort, liesPort)
	for name, fault := range faults {
		conf += fmt.Sprintf("Q = AndRule{QNameRule(%q), QTypeRule(DNSQType.AAAA)}\n%s\n", name, faultRules[fault])
	}
	name := filepath.Join(h.dir, "dnsdist.conf")
	if err := writeFile(name, conf); err != nil {
		return err
	}
	return f.start(h, nil, "dnsdist", "-C", name, "--supervised", "--disable-syslog")
}
