package fix_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mx46/lint"
	"mx46/lint/fix"
	"mx46/lint/workspace"
	"mx46/rules"
	"mx46/zonefiles"
)

// seeds are zones with something to fix, and things beside it that fixes have to leave alone.
var seeds = []string{
	head + "@ MX 10 mx1.example.org\n",
	head + "@ MX ( ; a\n 10 ; b\n mx1.example.org ) ; c\n@ MX 10 .\n",
	head + "c MX 10 mx1\nc 50 MX 10 mx1\n MX 20 mx1\nc MX 10 mx1",
	head + "; mx46:ignore mx-target-cname, mx-duplicate -- x\r\n@ MX 10 mx1 ; mx46:ignore mx-duplicate -- x ; mx46:ignore mx-target-cname -- y\r\n",
	head + "@ MX 10 gone ; mx46:ignore mx-duplicate, mx-target-no-address,mx-target-cname , null-mx-preference -- x\n",
	head + "@ MX 10 alias\nalias CNAME mx1\n$ORIGIN sub\n$GENERATE 1-3 g$ MX \"10 mx1.example.org\"\n",
	"\ufeff" + head + "e TXT \"open\n)\nk A (\n@ MX 7 . )\n f MX 10 mx1.example.org\n; mx46:ignore-file mx-duplicate -- x",
	head + "@ 60 MX 10 mx1\n@ 70 MX 20 ns\n@ 80 MX 20 ns.example.org\nt TYPE15 \\# 3 000100\n$TTL 5\n@ MX 3 .\n@ MX \"9\" \"mx1.example.org\"\n",
}

// FuzzFixes makes the fixes of zones that chance has made. What comes of it are the edits of findings and nothing else;
// it can be read as well as before, no more records differ than there are edits, and there is nothing to fix a second
// time.
func FuzzFixes(f *testing.F) {
	for _, text := range seeds {
		for _, unsafe := range []bool{false, true} {
			f.Add([]byte(text), unsafe, unsafe)
		}
	}
	dir, catalog := f.TempDir(), rules.All()
	if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
		f.Fatal(err)
	}
	read := func(t *testing.T, text []byte) *opened {
		o := openFolder(t, dir, catalog, []workspace.Source{{Path: name}})
		if err := o.Replace(map[string][]byte{name: text}); err != nil {
			t.Fatal(err)
		}
		return o
	}
	f.Fuzz(func(t *testing.T, text []byte, unsafe, serial bool) {
		if len(text) > 1<<12 {
			return // more of the same
		}
		o := read(t, text)
		before := o.Zones()[0]
		var steps [][]byte      // the text at each look
		var edits [][]lint.Edit // and what was offered to be done about it
		o.find = func() []lint.Finding {
			findings := o.findings()
			steps = append(steps, []byte(o.text(t, name)))
			edits = append(edits, offered(o.Files(), findings, unsafe))
			return findings
		}
		options := fix.Options{Unsafe: unsafe}
		if serial {
			options.Serial = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
		}
		out := o.run(t, options)
		after := []byte(o.text(t, name))
		count := 0
		for i, step := range steps[1:] {
			count += len(edits[i])
			if !isMadeOf(steps[i], step, edits[i]) {
				t.Fatalf("%q\nbecame\n%q\nby other edits than %v", steps[i], step, edits[i])
			}
		}
		if last := steps[len(steps)-1]; out.Serials == 0 && !bytes.Equal(last, after) || !differInDigits(last, after) {
			t.Fatalf("more than a serial has changed at the end:\n%q\nbecame\n%q", last, after)
		}
		if changed := !bytes.Equal(text, after); changed != (len(out.Changes) == 1) {
			t.Fatalf("%d changes are told of\n%q\nthat became\n%q", len(out.Changes), text, after)
		}

		again := read(t, after)
		if now := again.Zones()[0]; len(now.Problems) > len(before.Problems) || now.Origin != before.Origin || now.OriginKnown != before.OriginKnown {
			t.Fatalf("%q\nof zone %s became\n%q\nof zone %s with the problems %v", text, before.Origin, after, now.Origin, now.Problems)
		}
		gone, come := difference(before, again.Zones()[0]), difference(again.Zones()[0], before)
		if most := count + out.Serials; gone > most || come > most {
			t.Fatalf("%d edits take away %d records and bring %d:\n%q\nbecame\n%q", most, gone, come, text, after)
		}
		if out := again.run(t, fix.Options{Unsafe: unsafe}); len(out.Changes) > 0 {
			t.Fatalf("a second run makes of\n%q\nthis:\n%q", after, again.text(t, name))
		}
	})
}

// offered are the edits of the fixes that may be made, in the order of the text. What a directive has generated stands
// in no file.
func offered(files *zonefiles.FileSet, findings []lint.Finding, unsafe bool) (edits []lint.Edit) {
	for _, finding := range findings {
		for _, fix := range finding.Fixes {
			if fix.Safe || unsafe {
				edits = append(edits, fix.Edits...)
			}
		}
	}
	edits = slices.DeleteFunc(edits, func(e lint.Edit) bool { return !files.Editable(e.Span) })
	slices.SortFunc(edits, func(a, b lint.Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.New, b.New))
	})
	return slices.Compact(edits)
}

// isMadeOf reports whether some of the edits, in their order, make one text of another.
func isMadeOf(before, after []byte, edits []lint.Edit) bool {
	type state struct{ read, written int }
	states := []state{{}}
	for _, e := range edits {
		for _, s := range states {
			start, end := int(e.Span.Start), int(e.Span.End)
			if start < s.read {
				continue
			}
			made := append(slices.Clone(before[s.read:start]), e.New...)
			if next := (state{end, s.written + len(made)}); bytes.HasPrefix(after[s.written:], made) && !slices.Contains(states, next) {
				states = append(states, next)
			}
		}
	}
	return slices.ContainsFunc(states, func(s state) bool { return bytes.Equal(before[s.read:], after[s.written:]) })
}

// differInDigits reports whether two texts are one but for a run of digits.
func differInDigits(a, b []byte) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(bytes.Trim(a, "0123456789"))+len(bytes.Trim(b, "0123456789")) == 0
}

// difference is how many records of one zone another lacks.
func difference(a, b *zonefiles.Zone) (count int) {
	left := map[string]int{}
	line := func(r zonefiles.Record) string {
		return fmt.Sprintf("%s %d %s %s", r.OwnerName(), r.TTL(), r.Type(), r.CanonicalRDATA())
	}
	for i := range b.Len() {
		left[line(b.Record(i))]++
	}
	for i := range a.Len() {
		if at := line(a.Record(i)); left[at] > 0 {
			left[at]--
		} else {
			count++
		}
	}
	return count
}
