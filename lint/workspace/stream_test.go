package workspace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mx46/lint"
	"mx46/lint/baseline"
	"mx46/lint/delivery"
	"mx46/lint/fix"
	"mx46/lint/report"
	"mx46/lint/workspace"
	"mx46/rules"
	"mx46/testdata/folder"
	"mx46/zonefiles"
)

// pick is one of several words.
func pick(t *rapid.T, words ...string) string { return rapid.SampledFrom(words).Draw(t, "word") }

// drawRecords draws records whose names lie in the zone, in others that may be loaded, and outside of all.
func drawRecords(t *rapid.T) string {
	owner := func() string {
		return pick(t, "@", "@", "a", "mx", "ns", "w.w", "*", "_25._tcp.mx", "sub", "d", `\127`, `\000\255`,
			`a\.b`)
	}
	target := func() string {
		return pick(t, "mx", "a", "@", "ns.sub", "x.d", "mx.a.example.", "mx.b.example.", "mx.sub.a.example.",
			"a.b.example.", "a.c.example.", "alias.c.example.", "mx.outside.test.", "example.", "1.2.0.192.in-addr.arpa.", ".",
			`\127.b.example.`, `\000\255.a.example.`, `a\.b.c.example.`)
	}
	address := func() string {
		return pick(t, "A 192.0.32.1", "A 192.0.32.2", "A 10.0.0.1", "AAAA 2620:0:2d0::1", "AAAA 2620:0:2d0::2",
			"AAAA fe80::1")
	}
	var b strings.Builder
	for range rapid.IntRange(1, 12).Draw(t, "records") {
		switch rapid.IntRange(0, 13).Draw(t, "kind") {
		case 0, 1, 2:
			fmt.Fprintf(&b, "%s MX %d %s\n", owner(), rapid.IntRange(0, 2).Draw(t, "preference"), target())
		case 3:
			fmt.Fprintf(&b, "%s CNAME %s\n", pick(t, "alias", "mx", "a"), target())
		case 4:
			fmt.Fprintf(&b, "%s NS %s\n", pick(t, "@", "sub"), target())
		case 5:
			fmt.Fprintf(&b, "%s DNAME %s\n", pick(t, "d", "sub"), target())
		case 6:
			mechanism := pick(t, "include", "a", "mx", "exists")
			fmt.Fprintf(&b, "%s TXT \"v=spf1 %s:%s -all\"\n", owner(), mechanism, strings.TrimSuffix(target(), "."))
		case 7:
			fmt.Fprintf(&b, "_25._tcp.%s TLSA %s 1 1 %s\n", pick(t, "mx", "a"), pick(t, "0", "3"), strings.Repeat("ab", 32))
		case 8:
			b.WriteString(pick(t, "$INCLUDE shared\n", "$INCLUDE shared s\n", "$INCLUDE none\n", "$GENERATE 1-2 g$ MX 1 mx\n"))
		case 9:
			b.WriteString(pick(t, "; mx46:ignore mx-no-ipv6 -- known\n", "; mx46:ignore nosuch -- x\n", "a MX\n",
				"1 PTR mx.a.example.\n"))
		default:
			fmt.Fprintf(&b, "%s %s\n", owner(), address())
		}
	}
	return b.String()
}

// drawFolder draws a name server's configuration and its zones.
func drawFolder(t *rapid.T) map[string]string {
	origins := []string{
		"a.example", "b.example", "c.example", "sub.a.example", "example", "2.0.192.in-addr.arpa", "2.ip6.arpa",
	}
	const head = "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.32.53\n"
	files := map[string]string{"shared": "s MX 5 mx\n" + drawRecords(t), ".git/HEAD": ""}
	inView := func(view string) string {
		var conf strings.Builder
		for _, origin := range origins {
			if !rapid.Bool().Draw(t, origin) {
				continue
			}
			file := pick(t, view+origin, view+origin, view+origin, "common")
			fmt.Fprintf(&conf, "zone %q { type master; file %q; };\n", origin, file)
			files[file] = head + "ns 60 AAAA 2620:0:2d0::53\n" + drawRecords(t)
			if rapid.IntRange(0, 3).Draw(t, "bare") == 0 { // no MX records and a name server of one family
				files[file] = head + "mx 60 A 192.0.32.1\n"
			}
		}
		return conf.String()
	}
	if rapid.IntRange(0, 4).Draw(t, "views") > 0 {
		files["named.conf"] = inView("")
	} else {
		files["named.conf"] = fmt.Sprintf("view \"in\" {\n%s};\nview \"out\" {\n%s};\n", inView("in."), inView("out."))
	}
	return files
}

// written is all reports of a run, and what a baseline of every other finding leaves.
func written(
	t *rapid.T, w *workspace.Workspace, result lint.Result, all bool, formats []string,
) string {
	var out bytes.Buffer
	var known []lint.Finding
	for i, f := range result.Findings {
		if i%2 == 0 {
			known = append(known, f)
		}
	}
	known = append(known, lint.Finding{Rule: w.Catalog()[0], Zone: zonefiles.MustName("a.example.")})
	lines, findings := baseline.New(known).Suppress(result.Findings).Count(w.Judged(w.Catalog()))
	fmt.Fprintln(&out, lines, findings, w.Elsewhere(nil), w.Copies())
	r := &report.Report{Result: result, Files: w.Files(), Rules: w.Catalog()}
	r.Result.Findings = fix.Offer(w, lint.Fold(w.Files(), result.Findings))
	worlds := w.Worlds()
	pictures := func(view string, domain zonefiles.Name) *report.Picture {
		world := worlds(view, domain)
		if world == nil {
			return nil
		}
		hosts := len(world.Simulation(domain, delivery.RFC3974, delivery.Outage{}).Domain.Hosts)
		return &report.Picture{
			Key: fmt.Sprint(domain, hosts), SVG: func(string) string { return "" }, Mermaid: func() string { return "" },
			Outages: func() [][]string { return nil },
		}
	}
	for _, format := range formats {
		err := report.Write(&out, format, r, report.Options{Suppressed: true, All: all, Pictures: pictures})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// offered is findings on disk as reports are to have them.
type offered struct {
	*lint.OnDisk
	w *workspace.Workspace
}

func (o offered) Batches(isBrief bool) iter.Seq2[[]lint.Finding, error] {
	return func(yield func([]lint.Finding, error) bool) {
		for findings, err := range o.OnDisk.Batches(isBrief) {
			if !yield(fix.Offer(o.w, lint.Fold(o.w.Files(), findings)), err) {
				return
			}
		}
	}
}

// writtenBatches is the reports that are written from batches.
func writtenBatches(t *rapid.T, w *workspace.Workspace, result lint.Result, all bool) string {
	var out bytes.Buffer
	r := &report.Report{Result: result, Files: w.Files(), Rules: w.Catalog()}
	if result.OnDisk == nil {
		r.Result.Findings = fix.Offer(w, lint.Fold(w.Files(), result.Findings))
	} else {
		r.OnDisk = offered{result.OnDisk, w}
	}
	for _, format := range slices.DeleteFunc(report.Formats(), func(f string) bool { return !report.AreBatched(f) }) {
		if err := report.Write(&out, format, r, report.Options{Suppressed: true, All: all}); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprintf(&out, "%+v %v\n", result.Summary, result.Unjudged)
	return out.String()
}

func TestZonesThatAreLetGoSayWhatAllOfThemSay(t *testing.T) {
	few := 30 // sets of zones; all that are asked for take longer than tests should
	if os.Getenv("MX46_E2E") != "" {
		few = math.MaxInt
	}
	streamed, forgotten, without, spooled := 0, 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		if streamed >= few {
			return
		}
		root := folder.New(t, drawFolder(rt))
		find := func() (*workspace.Workspace, []workspace.Source) {
			jobs := rapid.IntRange(1, 4).Draw(rt, "jobs")
			w, err := workspace.Open(workspace.Options{Root: root, Jobs: jobs, Catalog: rules.All()})
			if err != nil {
				rt.Fatal(err)
			}
			rt.Cleanup(func() { w.Close() })
			sources, err := w.Find(workspace.Selection{Names: []string{"named.conf"}, AllowEmpty: true})
			if err != nil {
				rt.Fatal(err)
			}
			return w, sources
		}
		o := workspace.LintOptions{
			All: rapid.Bool().Draw(rt, "all zones"), NoIgnores: rapid.Bool().Draw(rt, "no ignores"),
			KeepTexts: rapid.IntRange(0, 3).Draw(rt, "texts") == 3,
		}
		formats := report.Formats()
		if !o.KeepTexts {
			formats = slices.DeleteFunc(formats, report.NeedsTexts)
		}
		if rapid.IntRange(0, 5).Draw(rt, "limited") == 0 {
			o.MaxFindings = rapid.IntRange(1, 20).Draw(rt, "limit")
		}
		whole, sources := find()
		if !whole.Streams(sources) {
			return
		}
		streamed++
		if err := whole.Read(context.Background(), sources); err != nil {
			rt.Fatal(err)
		}
		want, wantErr := whole.Lint(context.Background(), o)
		w, sources := find()
		got, err := w.Stream(context.Background(), sources, o)
		if !errors.Is(err, wantErr) {
			rt.Fatalf("%v, and not %v", err, wantErr)
		}
		for _, z := range w.Zones() {
			if z.IsForgotten() {
				forgotten++
			}
			if z.IsForgotten() && len(w.Files().File(z.File).Data) == 0 {
				without++
			}
		}
		all := rapid.Bool().Draw(rt, "all")
		onDisk, sources := find()
		o.OnDisk, o.InMemory = true, rapid.IntRange(0, 10).Draw(rt, "in memory")
		kept, err := onDisk.Stream(context.Background(), sources, o)
		if !errors.Is(err, wantErr) {
			rt.Fatalf("on disk: %v, and not %v", err, wantErr)
		}
		if err == nil {
			if kept.OnDisk != nil {
				defer kept.OnDisk.Close()
				spooled++
			}
			if a, b := writtenBatches(rt, whole, want, all), writtenBatches(rt, onDisk, kept, all); a != b {
				rt.Fatalf("in memory (-), on disk (+):\n%s", cmp.Diff(a, b))
			}
		}
		if a, b := written(rt, whole, want, all, formats), written(rt, w, got, all, formats); a != b && err == nil {
			rt.Fatalf("read first (-), streamed (+):\n%s", cmp.Diff(a, b))
		}
	})
	if streamed == 0 || spooled == 0 || forgotten == 0 || without == 0 && few == math.MaxInt { // few sets may all share their files
		t.Errorf("%d sets of zones were streamed, %d with findings on disk, %d zones forgotten, %d of them with their texts",
			streamed, spooled, forgotten, without)
	}
}

// A name may hold the octet that stands for what a tool has yet to fill in, and no zone be a template.
func TestNamesThatLookHiddenAreJudgedWhereNoZoneIsATemplate(t *testing.T) {
	const head = "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.32.53\nns 60 AAAA 2620:0:2d0::53\n"
	for _, other := range []string{"", "x 60 A {{ address }}\n"} {
		root := folder.New(t, map[string]string{
			"named.conf": "zone a.example { type master; file \"a\"; };\nzone b.example { type master; file \"b\"; };\n",
			"a":          head + "@ 60 MX 10 m\\127x\n", "b": head + other, ".git/HEAD": "",
		})
		results := make([]lint.Result, 2)
		for i := range results {
			w, err := workspace.Open(workspace.Options{Root: root, Jobs: 1, Catalog: rules.All()})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			sources, err := w.Find(workspace.Selection{Names: []string{"named.conf"}})
			if err != nil || !w.Streams(sources) {
				t.Fatal(err)
			}
			if i == 0 {
				results[i], err = w.Stream(t.Context(), sources, workspace.LintOptions{})
			} else if err = w.Read(t.Context(), sources); err == nil {
				results[i], err = w.Lint(t.Context(), workspace.LintOptions{})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		var said [2][]string
		for i, result := range results {
			for _, f := range result.Findings {
				said[i] = append(said[i], f.Rule.Name+": "+f.Message)
			}
		}
		if diff := cmp.Diff(said[1], said[0]); diff != "" || results[0].Summary != results[1].Summary {
			t.Errorf("with %q, read first (-), streamed (+):\n%s\n%+v\n%+v", other, diff, results[1].Summary, results[0].Summary)
		}
	}
}
