package fix_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"mx46/lint"
	"mx46/lint/fix"
	"mx46/lint/workspace"
	"mx46/rules"
	"mx46/zonefiles"
)

// opened are files in a folder, read as zones.
type opened struct {
	*workspace.Workspace
	find func() []lint.Finding
}

// cleaner is what testing.T and rapid.T have in common here.
type cleaner interface {
	Helper()
	Fatal(...any)
	Cleanup(func())
}

// open writes files, and reads each as a zone that no other one includes.
func open(t cleaner, files []txtar.File) *opened {
	t.Helper()
	dir, err := os.MkdirTemp("", "fix")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	var sources []workspace.Source
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, workspace.Source{Path: f.Name})
	}
	return openFolder(t, dir, rules.All(), sources)
}

// openFolder reads files of a folder as zones.
func openFolder(t cleaner, dir string, catalog []*lint.Rule, sources []workspace.Source) *opened {
	t.Helper()
	w, err := workspace.Open(workspace.Options{Root: dir, NoConfig: true, Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	if err := w.Read(context.Background(), sources); err != nil {
		t.Fatal(err)
	}
	o := &opened{Workspace: w}
	o.find = o.findings
	return o
}

func (o *opened) findings() []lint.Finding {
	result, err := o.Lint(context.Background(), workspace.LintOptions{})
	if err != nil {
		panic(err) // there is no limit, and the context does not end
	}
	return result.Findings
}

func (o *opened) fix(options fix.Options) (fix.Outcome, error) {
	return fix.Run(o.Workspace, options, func() ([]lint.Finding, error) { return o.find(), nil })
}

func (o *opened) run(t cleaner, options fix.Options) fix.Outcome {
	t.Helper()
	out, err := o.fix(options)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const name = "example.org.zone"

func zone(text string) []txtar.File { return []txtar.File{{Name: name, Data: []byte(text)}} }

const head = "$TTL 3600\n@ SOA ns hostmaster 2026010203 7200 3600 1209600 300\n NS ns\nns A 192.0.2.53\n AAAA 2001:db8::53\n" +
	"mx1 A 192.0.2.1\n AAAA 2001:db8::1\n"

func TestFixesChangeWhatTheySayAndNoOtherByte(t *testing.T) {
	for _, test := range []struct {
		name, before, after string
		fixed               int
	}{
		{"nothing to fix", head + "@ MX 10 mx1\n", head + "@ MX 10 mx1\n", 0},
		{"a missing dot", head + "@ MX 10 mx1.example.org ; primary\n", head + "@ MX 10 mx1.example.org. ; primary\n", 1},
		{"without a last line end", head + "@ MX 10 mx1.example.org", head + "@ MX 10 mx1.example.org.", 1},
		{
			"carriage returns, tabs and bytes that are no UTF-8", crlf(head) + "@\tMX\t10\tmx1.example.org\t;\xff\xfe \r\n\r\n; end",
			crlf(head) + "@\tMX\t10\tmx1.example.org.\t;\xff\xfe \r\n\r\n; end", 1,
		},
		{"a byte order mark", "\ufeff" + head + "@ MX 10 mx1.example.org\n", "\ufeff" + head + "@ MX 10 mx1.example.org.\n", 1},
		{"a record over several lines", head + "@ MX ( ; a\n 10 ; b\n mx1.example.org ) ; c\n", head + "@ MX ( ; a\n 10 ; b\n mx1.example.org. ) ; c\n", 1},
		{"a record twice", head + "@ MX 10 mx1\n@ MX 10 mx1\n@ MX 20 ns\n", head + "@ MX 10 mx1\n@ MX 20 ns\n", 1},
		{"a record three times", head + "@ MX 10 mx1\n@ MX 10 mx1\n@ MX 10 mx1", head + "@ MX 10 mx1\n", 2},
		{"a null MX", head + "@ MX 10 .\n", head + "@ MX 0 .\n", 1},
		{
			"what an ignore comment speaks of stays", head + "@ MX 10 . ; mx46:ignore null-mx-preference -- a reason\n",
			head + "@ MX 10 . ; mx46:ignore null-mx-preference -- a reason\n", 0,
		},
		{
			"ignore comments that are not needed",
			head + "; mx46:ignore mx-duplicate -- x\r\n@ MX 10 mx1 ; a ; mx46:ignore mx-duplicate, mx-target-cname -- x\n; end ; mx46:ignore mx-duplicate -- x",
			head + "@ MX 10 mx1 ; a\n; end", 3,
		},
		{
			"the rules of an ignore comment that are not needed",
			head + "@ MX 10 gone ; mx46:ignore mx-duplicate, mx-target-no-address,mx-target-cname , null-mx-preference -- x\n",
			head + "@ MX 10 gone ; mx46:ignore mx-target-no-address -- x\n", 3,
		},
		{
			"an ignore comment that is not needed any more after another fix", head + "@ MX 10 mx1\n@ MX 10 mx1 ; mx46:ignore-file mx-duplicate -- x\n",
			head + "@ MX 10 mx1\n", 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := open(t, zone(test.before))
			out := o.run(t, fix.Options{})
			if out.Fixed != test.fixed || len(out.Refused) > 0 {
				t.Errorf("%d fixed, %d refused (%v)", out.Fixed, len(out.Refused), out.Refused)
			}
			if got := o.text(t, name); got != test.after {
				t.Errorf("text (-want +got):\n%s", cmp.Diff(test.after, got))
			}
			if want := test.before != test.after; (len(out.Changes) == 1) != want {
				t.Errorf("%d changes", len(out.Changes))
			}
			again := o.run(t, fix.Options{})
			if again.Fixed > 0 || len(again.Changes) > 0 {
				t.Errorf("a second run fixes %d", again.Fixed)
			}
		})
	}
}

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

func (o *opened) text(t cleaner, name string) string {
	t.Helper()
	file, err := o.File(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(file.Data)
}

func TestUnsafeFixesAreMadeOnlyWhenAskedFor(t *testing.T) {
	before := head + "@ MX 10 alias\nalias CNAME mx1\n"
	o := open(t, zone(before))
	if out := o.run(t, fix.Options{}); out.Fixed != 0 || o.text(t, name) != before {
		t.Errorf("%d are fixed unasked", out.Fixed)
	}
	out := o.run(t, fix.Options{Unsafe: true})
	if want := head + "@ MX 10 mx1.example.org.\nalias CNAME mx1\n"; out.Fixed != 1 || o.text(t, name) != want {
		t.Errorf("%d are fixed: %s", out.Fixed, cmp.Diff(want, o.text(t, name)))
	}
}

func TestGeneratedTextIsNotFixed(t *testing.T) {
	before := head + "$GENERATE 1-2 a$ MX \"10 mx1.example.org\"\n"
	o := open(t, zone(before))
	out := o.run(t, fix.Options{})
	if out.Fixed != 0 || out.Unreachable != 2 || o.text(t, name) != before {
		t.Errorf("%d fixed, %d out of reach", out.Fixed, out.Unreachable)
	}
}

func TestAFileThatManyZonesIncludeIsFixedOnce(t *testing.T) {
	zone := head + "$INCLUDE shared\n"
	o := open(t, []txtar.File{{Name: "example.org.zone", Data: []byte(zone)}, {Name: "example.net.zone", Data: []byte(zone)}, {Name: "shared", Data: []byte("@ MX 10 .\n")}})
	out := o.run(t, fix.Options{Serial: time.Date(2026, 1, 2, 23, 0, 0, 0, time.UTC)})
	var changed []string
	for _, c := range out.Changes {
		changed = append(changed, c.Name)
	}
	if diff := cmp.Diff([]string{"example.net.zone", "example.org.zone", "shared"}, changed); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if got := o.text(t, "shared"); got != "@ MX 0 .\n" || out.Serials != 2 {
		t.Errorf("the file holds %q, and %d serials are raised", got, out.Serials)
	}
	if want := strings.Replace(zone, "2026010203", "2026010204", 1); o.text(t, name) != want {
		t.Errorf("zone (-want +got):\n%s", cmp.Diff(want, o.text(t, name)))
	}
}

// edit is a fix of a test's own: it replaces a piece of the text.
func edit(o *opened, rule *lint.Rule, old, new string) lint.Finding {
	file, err := o.File(name)
	if err != nil {
		return lint.Finding{}
	}
	at := bytes.Index(file.Data, []byte(old))
	if at < 0 {
		return lint.Finding{}
	}
	span := zonefiles.Span{File: file.ID, Start: uint32(at), End: uint32(at + len(old))}
	return lint.Finding{
		Rule: rule, Span: span, Subject: lint.Subject{Target: old},
		Fixes: []lint.Fix{{Message: old + new, Safe: true, Edits: []lint.Edit{{Span: span, New: new}}}},
	}
}

func TestAFixThatChangesMoreThanItTouchesIsRefused(t *testing.T) {
	text := "@ 3600 SOA ns hostmaster 1 7200 3600 1209600 300\na 60 A 192.0.2.1\n  A 192.0.2.2\nb A 192.0.2.3\nc 70 A 192.0.2.5\nd A 192.0.2.4\n; end\n"
	for _, test := range []struct{ name, old, new, reason string }{
		{"it takes away a TTL that others inherit", "a 60", "a", "zone example.org. would lose or change the record a.example.org. 60 A 192.0.2.2"},
		{"it takes away an owner that others inherit", "a 60 A 192.0.2.1\n", "", "zone example.org. would lose or change the record a.example.org. 60 A 192.0.2.2"},
		{"it makes a comment of what follows", "b A 192.0.2.3\n", "b A 192.0.2.3;", "zone example.org. would lose or change the record c.example.org. 70 A 192.0.2.5"},
		{"it adds records", "; end", "e A 192.0.2.7\ne A 192.0.2.6 ; end", ""},
		{"it changes nothing", "; end\n", "; end\n", "it would change nothing"},
		{"it changes the record that it touches", "b A", "b.x A", ""},
		{"it cannot be read", "192.0.2.3", "192.0.2.333", "zone example.org. could not be read any more: A address 192.0.2.333 is not an IPv4 address"},
		{"it changes the origin of others", "@ 3600", "$ORIGIN x\n@ 3600", "zone example.org. would lose or change the record a.example.org. 60 A 192.0.2.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := open(t, zone(text))
			rule := &lint.Rule{Name: "test"}
			done := false
			o.find = func() []lint.Finding {
				good := edit(o, rule, "192.0.2.4", "192.0.2.44")
				bad := edit(o, rule, test.old, test.new)
				if done && test.reason == "" {
					return nil
				}
				done = true
				return slices.DeleteFunc([]lint.Finding{bad, good}, func(f lint.Finding) bool {
					return f.Rule == nil || strings.Contains(o.text(t, name), "192.0.2.44") && f.Subject.Target == "192.0.2.4"
				})
			}
			out := o.run(t, fix.Options{})
			var reasons []string
			for _, r := range out.Refused {
				reasons = append(reasons, r.Reason)
			}
			if got := strings.Join(reasons, "\n"); got != test.reason {
				t.Errorf("refused because %q\nwant %q", got, test.reason)
			}
			want := strings.Replace(text, "192.0.2.4", "192.0.2.44", 1)
			if test.reason == "" {
				want = strings.Replace(want, test.old, test.new, 1)
			}
			if diff := cmp.Diff(want, o.text(t, name)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFixesThatUndoEachOtherAreGivenUp(t *testing.T) {
	o := open(t, zone(head))
	rule := &lint.Rule{Name: "test"}
	o.find = func() []lint.Finding {
		for _, f := range []lint.Finding{edit(o, rule, "192.0.2.1\n", "192.0.2.2\n"), edit(o, rule, "192.0.2.2\n", "192.0.2.1\n")} {
			if f.Rule != nil {
				return []lint.Finding{f}
			}
		}
		return nil
	}
	out, err := o.fix(fix.Options{})
	if !errors.Is(err, fix.ErrEndless) || len(out.Changes) > 0 {
		t.Errorf("the error is %v, with %d changes", err, len(out.Changes))
	}
}

func TestFixesThatTouchWaitForOneAnother(t *testing.T) {
	o := open(t, zone(head))
	rule := &lint.Rule{Name: "test"}
	rounds := 0
	o.find = func() []lint.Finding {
		rounds++
		findings := []lint.Finding{edit(o, rule, "192.0.2.1\n", "192.0.2.7\n"), edit(o, rule, "A 192.0.2.1", "A 192.0.2.9"), edit(o, rule, "2001:db8::1\n", "2001:db8::7\n")}
		return slices.DeleteFunc(findings, func(f lint.Finding) bool { return f.Rule == nil })
	}
	out := o.run(t, fix.Options{})
	want := strings.Replace(strings.Replace(head, "192.0.2.1\n", "192.0.2.7\n", 1), "2001:db8::1\n", "2001:db8::7\n", 1)
	if out.Fixed != 2 || rounds != 2 || o.text(t, name) != want {
		t.Errorf("%d fixed in %d rounds: %s", out.Fixed, rounds, cmp.Diff(want, o.text(t, name)))
	}
}

func TestSerialsAreRaisedInTheirOwnStyle(t *testing.T) {
	for _, test := range []struct{ name, before, after string }{
		{"a date before today", "2024123105", "2026010200"},
		{"today", "2026010200", "2026010201"},
		{"a date to come", "2027010109", "2027010110"},
		{"no more numbers today", "2026010299", "2026010300"},
		{"a number", "7", "8"},
		{"what looks like a date but is none", "2024133105", "2024133106"},
		{"a date before zone files", "1970010100", "1970010101"},
		{"seconds", "1735689600", "1735689601"},
		{"the last number", "4294967295", "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(head, "2026010203", test.before+" ; the serial\n", 1)
			text = strings.Replace(strings.Replace(text, "hostmaster ", "hostmaster ( ", 1), "300\n", "300 )\n", 1) + "@ MX 10 .\n"
			o := open(t, zone(text))
			out := o.run(t, fix.Options{Serial: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
			want := strings.Replace(strings.Replace(text, "10 .", "0 .", 1), test.before, test.after, 1)
			if out.Serials != 1 || o.text(t, name) != want {
				t.Errorf("%d serials are raised: %s", out.Serials, cmp.Diff(want, o.text(t, name)))
			}
		})
	}
	for _, test := range []struct{ name, text string }{
		{"a serial in octets", "@ 3600 SOA \\# 0\n@ 3600 MX 10 .\n"},
		{"no SOA", "@ 3600 MX 10 .\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := open(t, zone(test.text))
			out := o.run(t, fix.Options{Serial: time.Now()})
			want := []fix.NoSerial{{File: name, Reason: "it is not written as a number in an SOA record of a file"}}
			if diff := cmp.Diff(want, out.NoSerial); diff != "" || out.Fixed != 1 {
				t.Errorf("%d fixed; zones without a serial (-want +got):\n%s", out.Fixed, diff)
			}
		})
	}
	t.Run("nothing has changed", func(t *testing.T) {
		o := open(t, zone(head))
		if out := o.run(t, fix.Options{Serial: time.Now()}); out.Serials != 0 || len(out.Changes) > 0 {
			t.Errorf("%d serials are raised", out.Serials)
		}
	})
}

var badBlock = regexp.MustCompile("(?ms)^```zone bad\n(.*?)^```$")

// TestExamplesOnPagesAreCleanOnceFixed fixes the bad examples of all pages: what has a safe fix is gone then.
func TestExamplesOnPagesAreCleanOnceFixed(t *testing.T) {
	fixed := map[string]bool{}
	for _, r := range rules.All() {
		for _, block := range badBlock.FindAllStringSubmatch(r.Page(), -1) {
			files := txtar.Parse([]byte(block[1])).Files
			if len(files) == 0 {
				files = zone(block[1])
			}
			o := open(t, files)
			safe := 0
			for _, f := range o.findings() {
				if f.Rule.Name == r.Name && f.Suppressed == "" && slices.ContainsFunc(f.Fixes, func(fix lint.Fix) bool { return fix.Safe }) {
					safe++
				}
			}
			out := o.run(t, fix.Options{})
			if len(out.Refused) > 0 {
				t.Errorf("%s: refused: %s", r.Name, out.Refused[0].Reason)
			}
			for _, f := range o.findings() {
				if safe > 0 && f.Rule.Name == r.Name {
					t.Errorf("%s: once fixed, the example still has: %s", r.Name, f.Message)
				}
			}
			if safe > 0 {
				fixed[r.Name] = true
			}
		}
	}
	for _, name := range []string{"ignore-unused", "mx-target-missing-dot", "mx-ttl-mismatch", "null-mx-preference"} {
		if !fixed[name] {
			t.Errorf("no example of %s has a safe fix", name)
		}
	}
}

// TestWhateverIsFixedReadsAsBefore makes zones of lines that no fix is about and lines that some may be about, and
// fixes them: the former stay as they are, in their order; nothing becomes unreadable; and there is nothing to fix a
// second time.
func TestWhateverIsFixedReadsAsBefore(t *testing.T) {
	kept := []string{
		"; a remark", "", "a A 192.0.2.1 ; \xff remark", "b 60 AAAA 2001:db8::1", " TXT \"; mx46:ignore mx-duplicate -- text\"",
		"$TTL 1h", "$ORIGIN sub", "$ORIGIN example.org.", "e TXT \"open", "$GENERATE 1-3 g$ A 192.0.2.$", ")", "k A (", "192.0.2.9 )",
		"$GENERATE 1-2 h$ MX \"10 .\"", "nonsense",
	}
	fixable := []string{
		"c\tMX\t10 mx1", "d MX ( 10 ; x", " mx1 )", "j MX 7 . ; mx46:ignore null-mx-preference -- needed", "f MX 10 .", "g MX 10 mx1.example.org", "c MX 10 mx1", "c 50 MX 10 mx1", " MX 20 mx1", "a A 192.0.2.1 ; mx46:ignore mx-duplicate -- unused",
		"; mx46:ignore mx-target-cname, mx-duplicate -- unused", "h MX ( 10 . ) ; mx46:ignore mx-duplicate -- x ; mx46:ignore mx-target-cname -- y", "i 0 MX 7 .",
	}
	rapid.Check(t, func(t *rapid.T) {
		eol := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end")
		before := rapid.SampledFrom([]string{"", "\ufeff"}).Draw(t, "mark") + strings.ReplaceAll(head, "\n", eol)
		var want []string
		for i := range rapid.IntRange(0, 12).Draw(t, "lines") {
			line := rapid.SampledFrom(kept).Draw(t, fmt.Sprint("line ", i))
			if rapid.Bool().Draw(t, "fixable") {
				line = rapid.SampledFrom(fixable).Draw(t, "line with a fix")
			}
			if line == fixable[1] && strings.Contains(before, line) {
				continue // a second one may be the same record, and go with what is in its parentheses
			}
			if !slices.Contains(fixable, line) {
				want = append(want, line)
			}
			before += line + eol
		}
		if rapid.Bool().Draw(t, "no last line end") {
			before = strings.TrimSuffix(before, eol)
		}
		o := open(t, zone(before))
		problems := len(o.Zones()[0].Problems)
		out := o.run(t, fix.Options{Unsafe: rapid.Bool().Draw(t, "unsafe")})
		after := o.text(t, name)
		if len(out.Changes) == 0 && after != before {
			t.Fatal("a change is not told")
		}
		if len(o.Zones()[0].Problems) > problems {
			t.Fatalf("it cannot be read any more: %v\n%s", o.Zones()[0].Problems, after)
		}
		rest := after
		for _, line := range want {
			_, behind, found := strings.Cut(rest, line)
			if !found {
				t.Fatalf("the line %q is gone or has moved:\n%s\nbecame\n%s", line, before, after)
			}
			rest = behind
		}
		if strings.Count(strings.ReplaceAll(after, eol, ""), eol[:1]) > 0 {
			t.Fatalf("line ends have changed: %q", after)
		}
		again := open(t, zone(after))
		if out := again.run(t, fix.Options{}); len(out.Changes) > 0 {
			t.Fatalf("a second run changes\n%s\nto\n%s", after, again.text(t, name))
		}
	})
}
