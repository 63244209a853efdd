// Package resolver runs real name servers on loopback for tests: NSD, which serves a small world with a root of its
// own, and resolvers in front of it, honest ones and others.
package resolver

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mx46/testdata/e2e"
)

// Zone is master-file text without SOA and NS records: those are added.
type Zone struct{ Origin, Text string }

// Root is a root zone by which resolvers can be told to be honest, as by the public one.
var Root = Zone{Origin: ".", Text: `
a.root-servers.net.	A 198.41.0.4
a.root-servers.net.	AAAA 2001:503:ba3e::2:30
ipv4only.arpa.	A 192.0.0.170
ipv4only.arpa.	A 192.0.0.171
`}

// World serves the zones by NSD on a port of loopback. The caller may stop it before the test ends.
func World(t testing.TB, zones ...Zone) (address netip.AddrPort, stop func()) {
	t.Helper()
	address = freePort(t)
	return address, Serve(t, []netip.AddrPort{address}, zones...)
}

// Serve is World at some addresses.
func Serve(t testing.TB, addresses []netip.AddrPort, zones ...Zone) (stop func()) {
	t.Helper()
	e2e.Require(t, "nsd")
	dir := t.TempDir()
	var conf strings.Builder
	conf.WriteString("server:\n")
	for _, at := range addresses {
		fmt.Fprintf(&conf, "\tip-address: %s@%d\n", at.Addr(), at.Port())
	}
	fmt.Fprintf(&conf, `	username: ""
	chroot: ""
	zonesdir: %q
	database: ""
	xfrdfile: ""
	zonelistfile: ""
	pidfile: ""
	server-count: 1
	rrl-ratelimit: 0
remote-control:
	control-enable: no
`, dir)
	for i, z := range zones {
		file := fmt.Sprintf("%d.zone", i)
		write(t, filepath.Join(dir, file), z.File())
		fmt.Fprintf(&conf, "zone:\n\tname: %q\n\tzonefile: %q\n", z.Origin, file)
	}
	return start(t, addresses[0], "nsd", "-d", "-c", write(t, filepath.Join(dir, "nsd.conf"), conf.String()))
}

// File is the zone as a master file, with SOA and NS records.
func (z Zone) File() string {
	if strings.Contains(z.Text, "SOA") {
		return z.Text
	}
	head := fmt.Sprintf("$ORIGIN %s\n$TTL 300\n@ SOA ns.%[2]s root.%[2]s 1 2 3 4 300\n",
		z.Origin, strings.TrimPrefix(z.Origin, "."))
	if !strings.Contains(z.Text, "\tNS ") {
		head += "@ NS ns\nns A 127.0.0.1\nns AAAA ::1\n"
	}
	return head + z.Text
}

// Dnsdist runs dnsdist before a world, with lines of its configuration more, at some addresses or else at a port of
// loopback. It gives the first one.
func Dnsdist(t testing.TB, world netip.AddrPort, lines string, addresses ...netip.AddrPort) netip.AddrPort {
	t.Helper()
	e2e.Require(t, "dnsdist")
	if len(addresses) == 0 {
		addresses = append(addresses, freePort(t))
	}
	dir := t.TempDir()
	conf := fmt.Sprintf("setSecurityPollSuffix(\"\")\nsetLocal(%q, {})\n", addresses[0])
	for _, at := range addresses[1:] {
		conf += fmt.Sprintf("addLocal(%q, {})\n", at)
	}
	conf += fmt.Sprintf("setACL({\"0.0.0.0/0\", \"::/0\"})\nnewServer({address=%q, healthCheckMode=\"up\"})\n", world)
	file := write(t, filepath.Join(dir, "conf"), conf+lines)
	start(t, addresses[0], "dnsdist", "-C", file, "--supervised", "--disable-syslog")
	return addresses[0]
}

// Unbound runs unbound in front of a world, with lines of its configuration more. "DIR" in them is the folder of the
// files.
func Unbound(t testing.TB, world netip.AddrPort, lines string, files ...Zone) netip.AddrPort {
	t.Helper()
	e2e.Require(t, "unbound")
	dir := t.TempDir()
	for _, f := range files {
		write(t, filepath.Join(dir, f.Origin), f.Text)
	}
	address := freePort(t)
	if !strings.Contains(lines, "module-config") {
		lines = "\tmodule-config: \"iterator\"\n" + lines
	}
	conf := fmt.Sprintf(`server:
	interface: 127.0.0.1@%d
	port: %[1]d
	directory: %q
	username: ""
	chroot: ""
	pidfile: ""
	use-syslog: no
	do-not-query-localhost: no
	local-zone: "invalid." nodefault
	local-zone: "test." nodefault
	num-threads: 1
	do-ip6: no
	so-rcvbuf: 0
%s
forward-zone:
	name: "."
	forward-addr: 127.0.0.1@%d
remote-control:
	control-enable: no
`, address.Port(), dir, strings.ReplaceAll(lines, "DIR", dir), world.Port())
	start(t, address, "unbound", "-d", "-c", write(t, filepath.Join(dir, "unbound.conf"), conf))
	return address
}

// BIND runs named in front of a world, with options more.
func BIND(t testing.TB, world netip.AddrPort, options string) netip.AddrPort {
	t.Helper()
	e2e.Require(t, "named")
	dir := t.TempDir()
	address := freePort(t)
	conf := fmt.Sprintf(`options {
	directory %q; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };
	pid-file none; session-keyfile none; lock-file none; memstatistics no;
	recursion yes; allow-query { any; }; allow-recursion { any; }; dnssec-validation no; empty-zones-enable no;
	forwarders { 127.0.0.1 port %d; }; forward only;
	%s
};
controls {};
logging { channel all { stderr; severity info; }; category default { all; }; };
`, dir, address.Port(), world.Port(), options)
	start(t, address, "named", "-f", "-g", "-4", "-n", "1", "-c", write(t, filepath.Join(dir, "named.conf"), conf))
	return address
}

// Recursor runs PowerDNS Recursor in front of a world, with settings more.
func Recursor(t testing.TB, world netip.AddrPort, settings string) netip.AddrPort {
	t.Helper()
	e2e.Require(t, "pdns_recursor")
	dir := t.TempDir()
	address := freePort(t)
	write(t, filepath.Join(dir, "recursor.conf"), fmt.Sprintf(`local-address=%s
local-port=%d
forward-zones-recurse=.=%s
dont-query=
dnssec=off
threads=1
security-poll-suffix=
socket-dir=%s
daemon=no
disable-syslog=yes
%s`, address.Addr(), address.Port(), world, dir, settings))
	start(t, address, "pdns_recursor", "--config-dir="+dir)
	return address
}

// Authority runs named as an authoritative server of a zone at some addresses, with statements more.
func Authority(t testing.TB, statements string, zone Zone, addresses ...netip.AddrPort) (stop func()) {
	t.Helper()
	e2e.Require(t, "named")
	dir := t.TempDir()
	listen := ""
	for _, at := range addresses {
		option := "listen-on"
		if at.Addr().Is6() {
			option = "listen-on-v6"
		}
		listen += fmt.Sprintf("%s port %d { %s; }; ", option, at.Port(), at.Addr())
	}
	conf := fmt.Sprintf(`options {
	directory %q; %s pid-file none; session-keyfile none; lock-file none; memstatistics no; recursion no;
};
controls {};
%s
zone %q { type primary; file %q; };
logging { channel all { stderr; severity info; }; category default { all; }; };
`, dir, listen, statements, zone.Origin, write(t, filepath.Join(dir, "zone"), zone.File()))
	return start(t, addresses[0], "named", "-f", "-g", "-n", "1", "-c", write(t, filepath.Join(dir, "named.conf"), conf))
}

// PowerDNS serves a zone, with LUA records, at some addresses.
func PowerDNS(t testing.TB, zone Zone, addresses ...netip.AddrPort) (stop func()) {
	t.Helper()
	e2e.Require(t, "pdns_server")
	dir := t.TempDir()
	var local []string
	for _, at := range addresses {
		local = append(local, at.String())
	}
	file := write(t, filepath.Join(dir, "zone"), zone.File())
	named := write(t, filepath.Join(dir, "named.conf"),
		fmt.Sprintf("zone %q { type master; file %q; };\n", zone.Origin, file))
	write(t, filepath.Join(dir, "pdns.conf"), fmt.Sprintf(`launch=bind
bind-config=%s
enable-lua-records=yes
security-poll-suffix=
local-address=%s
socket-dir=%s
daemon=no
guardian=no
version-string=anonymous
setuid=root
setgid=root
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
`, named, strings.Join(local, ","), dir))
	return start(t, addresses[0], "pdns_server", "--config-dir="+dir)
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// start runs a server until the test ends, or until it is stopped, and waits until it answers.
func start(t testing.TB, address netip.AddrPort, program string, args ...string) (stop func()) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); log.Close(); close(ended) }()
	stop = func() {
		cmd.Process.Signal(syscall.SIGTERM) // so that it ends its own children
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			cmd.Process.Kill()
			<-ended
		}
	}
	t.Cleanup(stop)
	for deadline := time.Now().Add(30 * time.Second); !isThere(address); {
		text, _ := os.ReadFile(log.Name())
		select {
		case <-ended:
			t.Fatalf("%s ends at once:\n%s", program, text)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not ready after half a minute:\n%s", program, text)
		}
	}
	return stop
}

// isThere reports whether a server answers within a second. BIND gives no more than three answers a second to the
// question.
func isThere(address netip.AddrPort) bool {
	conn, err := net.Dial("udp", address.String())
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second))
	// version.bind CH TXT, which each answers by itself
	conn.Write([]byte("\x00\x2a\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07version\x04bind\x00\x00\x10\x00\x03"))
	n, err := conn.Read(make([]byte, 512))
	if err != nil {
		time.Sleep(50 * time.Millisecond) // nobody listens: that is known at once
	}
	return err == nil && n > 12
}

// freePort is a port of 127.0.0.1 that nothing listens at.
func freePort(t testing.TB) netip.AddrPort {
	t.Helper()
	for range 100 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		udp, err := net.ListenPacket("udp", tcp.Addr().String())
		tcp.Close()
		if err == nil {
			udp.Close()
			return tcp.Addr().(*net.TCPAddr).AddrPort()
		}
	}
	t.Fatal("no port of 127.0.0.1 is free for both UDP and TCP")
	return netip.AddrPort{}
}
