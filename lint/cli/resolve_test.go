package cli_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/lint/cli"
	"mx46/testdata/e2e"
	"mx46/testdata/resolver"
)

// said is what a run of mx46 says.
type said struct {
	code     int
	out, err string
}

// The days of runs, as SOURCE_DATE_EPOCH has them.
const (
	today = "1795680000" // 2026-11-26
	later = "1796947200" // 2026-12-11
)

// runOn runs a command in a folder, on a day.
func runOn(t *testing.T, dir, epoch string, args ...string) said {
	t.Helper()
	t.Chdir(dir)
	var out, err bytes.Buffer
	code := cli.Main(args, cli.Stdio{
		In: strings.NewReader(""), Out: &out, Err: &err,
		Getenv: func(name string) string {
			return map[string]string{"SOURCE_DATE_EPOCH": epoch, "COLUMNS": "1000"}[name]
		},
		Terminal: func(io.Writer) (int, bool) { return 0, false },
	})
	return said{code, out.String(), err.String()}
}

// hosting is a folder of zones whose hosts are elsewhere.
func hosting(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "example.org.zone", `$TTL 3600
@ SOA ns hostmaster 1 7200 3600 1209600 300
@ NS ns.provider.example.
@ NS ns.elsewhere.example.
@ MX 10 mx.provider.example.
@ MX 20 v4.provider.example.
old MX 10 nobody.provider.example.
lan MX 10 lan.provider.example.
alias MX 10 renamed.provider.example.
own MX 10 mail
mail CNAME v6.provider.example.
slow MX 10 mx.slow.example.
slow2 MX 10 mx2.slow.example.
known MX 10 stated.provider.example.
mistake MX 10 192.0.2.1.
null MX 0 .
here MX 10 inner
inner A 192.0.32.1
inner AAAA 2620:0:2d0::1
`)
	put(t, dir, ".mx46.yaml", "hosts: {stated.provider.example: {families: [ipv4, ipv6]}}\n")
	return dir
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const providerZone = `@	NS ns
ns A 203.0.114.53
ns AAAA 2600:9::53
mx A 203.0.114.1
mx AAAA 2600:9::1
v4 A 203.0.114.4
v6 AAAA 2600:9::6
lan A 10.0.0.1
lan AAAA 2600:9::7
renamed CNAME v4
stated A 203.0.114.9
`

var slowZone = resolver.Zone{
	Origin: "slow.example.", Text: "@	NS ns\nns A 203.0.114.54\nmx A 203.0.114.5\nmx AAAA 2600:9::5\nmx2 A 203.0.114.6\nmx2 AAAA 2600:9::66\n",
}

const lockHead = `# mx46 hosts v1. Written by "mx46 resolve": commit it, do not edit. Facts of your own belong under "hosts" in .mx46.yaml.
# seen 2026-11-26
`

const hostingLock = lockHead + `ns.elsewhere.example.        nxdomain
lan.provider.example.        ipv4=private ipv6
mx.provider.example.         ipv4 ipv6
nobody.provider.example.     nxdomain
ns.provider.example.         ipv4 ipv6
renamed.provider.example.    alias=v4.provider.example. ipv4
v4.provider.example.         ipv4
v6.provider.example.         ipv6
mx.slow.example.             ipv4 ipv6 dns=ipv4
mx2.slow.example.            ipv4 ipv6 dns=ipv4
`

func TestResolveWritesWhatRealResolversSay(t *testing.T) {
	e2e.Slow(t)
	provider := resolver.Zone{Origin: "provider.example.", Text: providerZone}
	world, stop := resolver.World(t, resolver.Root, provider, slowZone)
	plain := resolver.Unbound(t, world, "").String()
	dns64 := resolver.Unbound(t, world, "\tmodule-config: \"dns64 iterator\"\n\tdns64-prefix: 2600:64::/96\n").String()
	bind := resolver.BIND(t, world, "dns64 64:ff9b::/96 { clients { any; }; };").String()
	for name, server := range map[string]string{"unbound": plain, "unbound with DNS64": dns64, "BIND with DNS64": bind} {
		dir := hosting(t)
		if got := runOn(t, dir, today, "resolve", "--resolver", server, "--qps", "0"); got.code != 0 || got.err != "" ||
			got.out != "asked about 10 hosts; wrote .mx46.hosts: 10 new, 0 changed, 0 dropped\n" {
			t.Errorf("%s: %+v", name, got)
		}
		if got := get(t, dir, ".mx46.hosts"); got != hostingLock {
			t.Errorf("%s: the lock is\n%s\nwant\n%s", name, got, hostingLock)
		}
	}

	dir := hosting(t)
	both := []string{"resolve", "--resolver", plain, "--resolver", dns64, "--qps", "0"}
	runOn(t, dir, today, both...)
	if got := get(t, dir, ".mx46.hosts"); got != hostingLock {
		t.Errorf("two resolvers that agree: the lock is\n%s", got)
	}
	if got := runOn(t, dir, later, both...); got.out != "asked about 10 hosts; nothing has changed in .mx46.hosts\n" || got.code != 0 {
		t.Errorf("a second time: %+v", got)
	}
	if got := runOn(t, dir, later, append(both, "--check", "--max-age", "14d")...); got.code != 1 ||
		!strings.Contains(got.out, ".mx46.hosts was written on 2026-11-26, which is longer ago than 14d.\n") {
		t.Errorf("--max-age: %+v", got)
	}
	if got := runOn(t, dir, later, append(both, "--check", "--max-age", "15d")...); got.code != 0 || got.out != ".mx46.hosts says what DNS says\n" {
		t.Errorf("--check: %+v", got)
	}

	refuses(t, resolver.Unbound(t, world, "\tmodule-config: \"respip iterator\"\nrpz:\n\tname: rpz.\n\tzonefile: DIR/rpz\n",
		resolver.Zone{Origin: "rpz", Text: "$TTL 300\n@ SOA ns x 1 2 3 4 300\n@ NS ns\n*.invalid A 203.0.114.66\n"}).String(),
		"it answers for names that do not exist, so its other answers are no facts; ask another resolver (--resolver)")
	refuses(t, resolver.Unbound(t, world, "\tprivate-address: ::/0\n").String(), "it hides AAAA records; ask another resolver (--resolver)")

	// A host loses its AAAA, and one appears that was not there.
	stop()
	changed := strings.Replace(providerZone, "mx AAAA 2600:9::1\n", "nobody AAAA 2600:9::8\n", 1)
	world, stop = resolver.World(t, resolver.Root, resolver.Zone{Origin: "provider.example.", Text: changed}, slowZone)
	again := resolver.Unbound(t, world, "").String()
	want := `-mx.provider.example.         ipv4 ipv6
+mx.provider.example.         ipv4
   takes mail for example.org
-nobody.provider.example.     nxdomain
+nobody.provider.example.     ipv6
   takes mail for old.example.org
no longer: example.org.zone:7:11: warning: MX target nobody.provider.example does not exist, as of 2026-11-26 [mx-target-no-address]
then: example.org.zone:5:9: warning: the primary MX of example.org, mx.provider.example, has only IPv4 addresses, as of 2026-12-11 [mx-primary-single-stack]
then: example.org.zone:7:11: warning: the primary MX of old.example.org, nobody.provider.example, has only IPv6 addresses, as of 2026-12-11 [mx-primary-single-stack]
`
	if got := runOn(t, dir, later, "resolve", "--check", "--resolver", again, "--qps", "0"); got.code != 1 || got.out != want {
		t.Errorf("after the world has changed, --check says (exit %d, %s)\n%s\nwant\n%s", got.code, got.err, got.out, want)
	}
	if got := get(t, dir, ".mx46.hosts"); got != hostingLock {
		t.Errorf("--check has written\n%s", got)
	}

	// The resolver reaches nobody, then there is none.
	stop()
	nobody := resolver.Unbound(t, world, "").String()
	for _, args := range [][]string{{"resolve"}, {"resolve", "--check"}} {
		got := runOn(t, dir, later, append(args, "--resolver", nobody, "--timeout", "300ms")...)
		if got.code != 2 || !strings.Contains(got.err, "resolver "+nobody) || got.out != "" {
			t.Errorf("without a world, %v: %+v", args, got)
		}
		got = runOn(t, dir, later, append(args, "--resolver", world.String(), "--timeout", "100ms")...)
		if got.code != 2 || !strings.Contains(got.err, "connection refused; this needs the network") {
			t.Errorf("without a resolver, %v: %+v", args, got)
		}
	}
	if got := get(t, dir, ".mx46.hosts"); got != hostingLock {
		t.Errorf("without answers the lock became\n%s", got)
	}
}

// refuses checks that nothing is written down of what a resolver says.
func refuses(t *testing.T, server, why string) {
	t.Helper()
	dir := hosting(t)
	if got := runOn(t, dir, today, "resolve", "--resolver", server); got.code != 2 || got.err != "mx46: resolver "+server+": "+why+"\n" {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, ".mx46.hosts")); err == nil {
		t.Error("a resolver that is not believed has its answers written down")
	}
}
