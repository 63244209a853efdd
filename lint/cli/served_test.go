package cli_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mx46/testdata/corpus"
	"mx46/testdata/daemon"
	"mx46/testdata/e2e"
	"mx46/testdata/resolver"
)

// needsFile are the rules that only a zone's file can show, beside those that check names itself: a server serves a
// record once that the file has twice.
var needsFile = []string{
	"zone-refused", "mx-ttl-mismatch", "addr-ttl-skew", "cname-and-other-data", "mx-occluded", "wildcard-hides-family",
	"mx-target-wildcard", "wildcard-mx-shadowed", "mx-target-delegated", "glue-missing", "record-outside-zone", "cname-loop",
	"mx-duplicate",
}

// TestCheckFindsWhatLintFinds has Knot serve zones of other people, and wants of check what lint says of their files.
func TestCheckFindsWhatLintFinds(t *testing.T) {
	e2e.Slow(t)
	e2e.Require(t, "knotd", "kzonecheck")
	root, err := filepath.Abs(filepath.Join(checkout, corpus.Dir))
	if err != nil {
		t.Fatal(err)
	}
	all, err := corpus.Zones(root)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the corpus is not there")
	} else if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	port := daemon.FreePort(t)
	conf := fmt.Sprintf("server:\n  listen: 127.0.0.1@%d\n  rundir: %s\n  user: root\n"+
		"database:\n  storage: %[2]s\nlog:\n  - target: stderr\n    any: info\ntemplate:\n  - id: default\n    semantic-checks: soft\n    zonefile-load: whole\n"+
		"    journal-content: none\nzone:\n", port, dir)
	// Unbound itself denies all of the reverse zones of addresses for documentation, which are names outside.
	unbound, files, seen := "\tunblock-lan-zones: yes\n", []string{}, map[string]bool{}
	for _, z := range all {
		origin := strings.ToLower(strings.TrimSuffix(z.Origin, ".")) + "."
		path := filepath.Join(root, filepath.FromSlash(z.Path))
		info, err := os.Stat(path)
		text, _ := os.ReadFile(path)
		if err != nil || info.Size() > 200_000 || seen[origin] || strings.Count(origin, ".") < 2 ||
			!strings.Contains(string(text), "MX") {
			continue
		}
		copied := strings.TrimSuffix(origin, ".") + ".zone"
		put(t, dir, copied, string(text)) // without what it may include
		if exec.Command("kzonecheck", "-o", origin, filepath.Join(dir, copied)).Run() != nil {
			continue
		}
		seen[origin] = true
		files = append(files, copied)
		conf += fmt.Sprintf("  - domain: %q\n    file: %q\n", origin, filepath.Join(dir, copied))
	}
	for origin := range seen {
		unbound += fmt.Sprintf("stub-zone:\n\tname: %q\n\tstub-addr: 127.0.0.1@%d\n", origin, port)
	}
	put(t, dir, "knot.conf", conf)
	daemon.Start(t, filepath.Join(dir, "log"), "server started", "knotd", "-c", filepath.Join(dir, "knot.conf"))
	nobody, err := net.ListenPacket("udp", "127.0.0.1:0") // so that names outside the zones stay unknown to both
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	at := resolver.Unbound(t, nobody.LocalAddr().(*net.UDPAddr).AddrPort(), unbound).String()

	type key struct{ rule, severity, domain, target string }
	find := func(args ...string) map[key]string {
		t.Helper()
		got := runOn(t, dir, today, append(args, "--no-config", "--format", "json", "--min-severity", "note")...)
		var report struct{ Findings []finding }
		if err := json.Unmarshal([]byte(got.out), &report); err != nil {
			t.Fatalf("%v\n%+v", err, got)
		}
		found := map[key]string{}
		for _, f := range report.Findings {
			if !slices.Contains(needsFile, f.Rule) {
				found[key{f.Rule, f.Severity, f.Domain, f.Target}] = f.Message
			}
		}
		return found
	}
	domains := map[string]bool{}
	for _, file := range files {
		for line := range strings.Lines(runOn(t, dir, today, "records", file, "--no-config").out) {
			words := strings.Fields(line)
			if len(words) > 4 && slices.Contains(words[2:5], "MX") && !strings.ContainsAny(words[0], `*\`) {
				domains[strings.ToLower(words[0])] = true
			}
		}
	}
	linted, same := find(append([]string{"lint", "--no-ignores"}, files...)...), 0
	args := []string{"check", "--resolver", at, "--assume-honest", "--timeout", "400ms", "--qps", "0"}
	for d := range domains {
		args = append(args, strings.TrimSuffix(d, "."))
	}
	checked := find(args...)
	for k, message := range linted {
		switch _, both := checked[k]; {
		case both:
			same++
		case domains[k.domain]:
			t.Errorf("only lint says %s: %s", k.rule, message)
		}
	}
	for k, message := range checked {
		if _, both := linted[k]; !both && domains[k.domain] {
			t.Errorf("only check says %s: %s", k.rule, message)
		}
	}
	t.Logf("%d zones, %d mail domains, %d findings of both", len(files), len(domains), same)
	if same < 20 {
		t.Error("that is too few to show anything")
	}
}
