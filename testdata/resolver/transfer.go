package resolver

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// Key is a TSIG key.
type Key struct{ Name, Algorithm, Secret string }

// NSD serves a zone on loopback, and sends it over to those who have the key, or to everybody where it has no name.
func NSD(t testing.TB, key Key, zone Zone) netip.AddrPort {
	t.Helper()
	e2e.Require(t, "nsd")
	dir := t.TempDir()
	address := freePort(t)
	declared, allowed := "", "NOKEY"
	if key.Name != "" {
		declared = fmt.Sprintf("key:\n\tname: %q\n\talgorithm: %s\n\tsecret: %q\n", key.Name, key.Algorithm, key.Secret)
		allowed = key.Name
	}
	conf := fmt.Sprintf(`server:
	ip-address: %s@%d
	username: ""
	chroot: ""
	zonesdir: %q
	database: ""
	xfrdfile: ""
	zonelistfile: ""
	pidfile: ""
	xfrdir: %[3]q
remote-control:
	control-enable: no
%szone:
	name: %q
	zonefile: %q
	provide-xfr: 127.0.0.1 %s
`, address.Addr(), address.Port(), dir, declared, zone.Origin, write(t, filepath.Join(dir, "zone"), zone.File()), allowed)
	start(t, address, "nsd", "-d", "-c", write(t, filepath.Join(dir, "nsd.conf"), conf))
	return address
}

// Knot is NSD by Knot DNS.
func Knot(t testing.TB, key Key, zone Zone) netip.AddrPort {
	t.Helper()
	e2e.Require(t, "knotd")
	dir := t.TempDir()
	address := freePort(t)
	declared, acl := "", ""
	if key.Name != "" {
		declared = fmt.Sprintf("key:\n  - id: %q\n    algorithm: %s\n    secret: %q\n", key.Name, key.Algorithm, key.Secret)
		acl = fmt.Sprintf("    key: %q\n", key.Name)
	}
	conf := fmt.Sprintf(`server:
    listen: %s@%d
    rundir: %q
    user: root
database:
    storage: %[3]q
%sacl:
  - id: others
    address: 127.0.0.1
    action: transfer
%szone:
  - domain: %q
    file: %q
    acl: others
`, address.Addr(), address.Port(), dir, declared, acl, strings.TrimSuffix(zone.Origin, "."),
		write(t, filepath.Join(dir, "zone"), zone.File()))
	start(t, address, "knotd", "-c", write(t, filepath.Join(dir, "knot.conf"), conf))
	return address
}
