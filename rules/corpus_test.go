package rules_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"mx46/lint"
	"mx46/rules"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// corpusRoot holds zone files as people keep them in public; they are no part of this repository.
const corpusRoot = "../../shared/corpus"

// corpusZones reads every zone of the corpus with the origin that is known of it.
func corpusZones(t *testing.T) (*zonefiles.Loader, []*zonefiles.Zone) {
	t.Helper()
	rows := readTable(t, "real/MANIFEST.tsv")
	root, err := disk.OpenRoot(corpusRoot)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	loader := zonefiles.NewLoader(root)
	var zones []*zonefiles.Zone
	for _, row := range rows {
		if row["kind"] != "zone" {
			continue
		}
		var origin *zonefiles.Name
		if name, err := zonefiles.ParseName([]byte(row["origin_guess"]), zonefiles.Root); err == nil && row["origin_guess"] != "" {
			origin = &name
		}
		zones = append(zones, loader.Load(row["path"], origin, zonefiles.Served{}))
	}
	return loader, zones
}

// readTable reads a file of tab-separated values with a heading.
func readTable(t *testing.T, name string) []map[string]string {
	t.Helper()
	data, err := os.ReadFile(corpusRoot + "/" + name)
	if err != nil {
		t.Skipf("the corpus is not beside this repository: %v", err)
	}
	reader := csv.NewReader(bytes.NewReader(data))
	reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord = '\t', true, -1
	lines, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, value := range line {
			row[lines[0][i]] = value
		}
		rows = append(rows, row)
	}
	return rows
}

// lintCorpus lints each zone by itself: the corpus is of many people, whose zones know nothing of each other.
func lintCorpus(t testing.TB, loader *zonefiles.Loader, zones []*zonefiles.Zone, jobs int) lint.Result {
	run := lint.Run{Files: loader.Files, Rules: rules.All(), Jobs: jobs}
	for _, z := range zones {
		run.Views = append(run.Views, []*zonefiles.Zone{z})
	}
	return lintAll(t, &run)
}

// write puts findings into text, with all that a report could show.
func write(files *zonefiles.FileSet, findings []lint.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		at := files.OnDisk(f.Span)
		fmt.Fprintf(&b, "%s %s %s: %s\n  %s\n  %s\n", files.Position(at.File, at.Start), f.Severity, f.Rule.Name, f.Message, f.Harm, f.Help)
		for _, r := range slices.Concat(f.Related, f.Path) {
			fmt.Fprintf(&b, "  %s %s\n", files.Position(r.Span.File, r.Span.Start), r.Message)
		}
		for _, fix := range f.Fixes {
			fmt.Fprintf(&b, "  fix (%t) %s %v\n", fix.Safe, fix.Message, fix.Edits)
		}
	}
	return b.String()
}

func TestCorpusGivesTheSameWhateverTheJobs(t *testing.T) {
	loader, zones := corpusZones(t)
	one := lintCorpus(t, loader, zones, 1)
	eight := lintCorpus(t, loader, zones, 8)
	if a, b := write(loader.Files, one.Findings), write(loader.Files, eight.Findings); a != b {
		t.Error("1 job and 8 jobs give different findings")
	}
	if one.Summary != eight.Summary {
		t.Errorf("1 job counts %+v, 8 jobs %+v", one.Summary, eight.Summary)
	}
	counts := map[string]int{}
	for _, f := range one.Findings {
		counts[f.Rule.Name]++
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%5d %s", counts[name], name)
	}
	t.Logf("%+v", one.Summary)
	if out := os.Getenv("MX46_CORPUS_FINDINGS"); out != "" {
		if err := os.WriteFile(out, []byte(write(loader.Files, one.Findings)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCorpusAgreesWithTheOracle compares what is said of MX targets within their zones with what named-compilezone made
// of those.
func TestCorpusAgreesWithTheOracle(t *testing.T) {
	oracle := readTable(t, "real/MX_ORACLE.tsv")
	loader, zones := corpusZones(t)
	unsure := map[string]bool{} // zones of which a part cannot be read
	for _, z := range zones {
		unsure[z.Path] = z.HasGaps()
	}
	said := map[string]string{} // rule by path, owner and target
	place := func(path, owner, target string) string {
		return strings.ToLower(fmt.Sprintf("%s: %s -> %s", path, strings.TrimSuffix(owner, "."), strings.TrimSuffix(target, ".")))
	}
	for _, f := range lintCorpus(t, loader, zones, 0).Findings {
		if f.Rule.Name == "mx-target-no-address" || f.Rule.Name == "mx-target-cname" {
			said[place(loader.Files.File(f.Span.File).Name, f.Subject.Owner.String(), f.Subject.Target)] = f.Rule.Name
		}
	}
	compared := 0
	for _, row := range oracle {
		if _, loaded := unsure[row["path"]]; !loaded {
			continue // a fragment
		}
		at := place(row["path"], row["mx_owner"], row["target_fqdn"])
		want := ""
		switch row["class"] {
		case "cname":
			want = "mx-target-cname"
		case "noaddr", "noname":
			want = "mx-target-no-address"
		}
		got := said[at]
		delete(said, at)
		compared++
		if got != want && !(got == "" && unsure[row["path"]]) {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	for at, rule := range said {
		t.Errorf("%s: %s, and the oracle has no such MX", at, rule)
	}
	t.Logf("%d MX records compared", compared)
}
