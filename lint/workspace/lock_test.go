package workspace_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/lint/lock"
	"mx46/lint/workspace"
	"mx46/rules"
	"mx46/zonefiles"
)

// lockText is a lock of one host.
const lockText = "# mx46 hosts v1.\n# seen 2026-11-26\nmx.provider.example. ipv4\n"

// openFolder opens a folder with files, by name and text.
func openFolder(t *testing.T, o workspace.Options, files ...string) (*workspace.Workspace, error) {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	o.Root, o.Catalog = dir, rules.All()
	w, err := workspace.Open(o)
	if err == nil {
		t.Cleanup(func() { w.Close() })
	}
	return w, err
}

func TestWhereTheLockIs(t *testing.T) {
	conf := "stack: dual\n"
	for _, c := range []struct {
		name    string
		options workspace.Options
		files   []string
		lock    string
		knows   bool
		fails   string
	}{
		{name: "none", lock: ".mx46.hosts"},
		{name: "in the root", files: []string{".mx46.hosts", lockText}, lock: ".mx46.hosts", knows: true},
		{
			name: "next to the configuration", options: workspace.Options{Config: "dns/.mx46.yaml"},
			files: []string{"dns/.mx46.yaml", conf, "dns/.mx46.hosts", lockText}, lock: "dns/.mx46.hosts", knows: true,
		},
		{
			name: "not next to the configuration", options: workspace.Options{Config: "dns/.mx46.yaml"},
			files: []string{"dns/.mx46.yaml", conf, ".mx46.hosts", lockText}, lock: "dns/.mx46.hosts",
		},
		{name: "named", options: workspace.Options{Lock: "hosts"}, files: []string{"hosts", lockText}, lock: "hosts", knows: true},
		{name: "named and missing", options: workspace.Options{Lock: "hosts"}, fails: "hosts: no such file or directory"},
		{name: "named and to be made", options: workspace.Options{Lock: "hosts", NewLock: true}, lock: "hosts"},
		{name: "left aside", options: workspace.Options{NoLock: true}, files: []string{".mx46.hosts", lockText}, lock: ".mx46.hosts"},
		{name: "outside of the root", options: workspace.Options{Lock: "../hosts"}, fails: "lies outside the root folder"},
		{name: "a folder", files: []string{".mx46.hosts/x", ""}, fails: ".mx46.hosts: it is not a regular file"},
		{name: "too large", files: []string{".mx46.hosts", strings.Repeat("#", lock.MaxSize+1)}, fails: ".mx46.hosts: it is larger than the limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := openFolder(t, c.options, c.files...)
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("got %v, want %s", err, c.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			host := w.Facts().Lock.Host(zonefiles.MustName("mx.provider.example."))
			if w.LockName() != c.lock || (host != nil) != c.knows {
				t.Errorf("the lock is %s and knows %v", w.LockName(), host)
			}
			if host != nil {
				if at := w.Position(host.Line).String(); at != c.lock+":3:1" {
					t.Errorf("its line is at %s", at)
				}
			}
		})
	}
}

func TestOutsideIsWhatNobodyKnows(t *testing.T) {
	const head = "$TTL 1h\n@ SOA ns h 1 2 3 4 5\n"
	w, err := openFolder(t, workspace.Options{},
		".mx46.yaml", "hosts: {stated.example.: {families: [ipv4]}, outbound.example.: {outbound: [ipv4]}}\nzones: [{files: \"*.zone\"}]\n",
		".mx46.hosts", "# mx46 hosts v1.\nmx.provider.example. ipv4\n", // is asked about again
		"a.zone", "$ORIGIN a.\n"+head+`@ NS ns1.provider.example.
@ NS ns
ns A 192.0.2.1
@ MX 10 mx.provider.example.
@ MX 20 MX.provider.example.
@ MX 30 stated.example.
@ MX 40 outbound.example.
@ MX 50 host.b.
@ MX 60 nowhere.b.
@ MX 70 alias
@ MX 80 alias2
alias CNAME end.provider.example.
alias2 CNAME end.provider.example.
x MX 10 mx.provider.example.
y MX 10 mx.provider.example.
z MX 10 mx.provider.example.
u MX 10 192.0.2.1.
v MX 10 localhost.
w MX 0 .
sub NS ns.sub
`, "b.zone", "$ORIGIN b.\n"+head+"@ NS ns2.provider.example.\n@ A 192.0.2.1\nhost A 192.0.2.1\n")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := w.Find(workspace.Selection{})
	if err == nil {
		err = w.Read(t.Context(), sources)
	}
	if err != nil {
		t.Fatal(err)
	}
	outside, err := w.Outside(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range outside {
		got = append(got, fmt.Sprintf("%s %v %d %v", o.Name, o.TakesMail, o.Count, o.Domains))
	}
	want := []string{
		"outbound.example. true 1 [a.]", "end.provider.example. true 1 [a.]", "mx.provider.example. true 4 [a. x.a. y.a.]",
		"ns1.provider.example. false 0 []",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestOnePolicyOfVeryManyDomainsIsRefused(t *testing.T) {
	var conf strings.Builder
	conf.WriteString("mta-sts:\n")
	for i := range 1000 {
		fmt.Fprintf(&conf, "  d%d.example: policy\n", i)
	}
	policy := strings.Repeat("mx: a.example\n", 64<<10/14)
	_, err := openFolder(t, workspace.Options{}, ".mx46.yaml", conf.String(), "policy", policy)
	if err == nil || !strings.Contains(err.Error(), "the MTA-STS policies have more than 4194304 bytes together") {
		t.Errorf("the error is %v", err)
	}
}
