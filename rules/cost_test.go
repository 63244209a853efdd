package rules_test

import (
	"bytes"
	"testing"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/rules"
	"mx46/testdata/bench/zonegen"
	"mx46/zonefiles"
)

// The cost of the rules is what BenchmarkRulesOneJob takes beyond BenchmarkGraph, beside BenchmarkLoadOneJob, on the
// zone of a mail hoster: every MX host is dual-stack there and nothing is to be found.

const hostingRecords = 1_000_000

func hosting(b *testing.B) *zonefiles.File {
	b.Helper()
	var text bytes.Buffer
	if err := zonegen.Hosting(&text, hostingRecords); err != nil {
		b.Fatal(err)
	}
	var files zonefiles.FileSet
	file, err := files.Add("hosting.example.zone", text.Bytes())
	if err != nil {
		b.Fatal(err)
	}
	return file
}

func load(file *zonefiles.File, jobs int) (*zonefiles.FileSet, *zonefiles.Zone) {
	loader := zonefiles.NewLoader(nil)
	loader.Jobs = jobs
	again, _ := loader.Files.Add(file.Name, file.Data)
	return loader.Files, loader.Parse(again, nil)
}

func BenchmarkLoadOneJob(b *testing.B) { benchmarkLoad(b, 1) }

func BenchmarkLoad(b *testing.B) { benchmarkLoad(b, 0) }

func benchmarkLoad(b *testing.B, jobs int) {
	b.Helper()
	file := hosting(b)
	b.ReportAllocs()
	for b.Loop() {
		_, zone := load(file, jobs)
		dns.NewGraph([]*zonefiles.Zone{zone})
	}
}

// BenchmarkGraph and BenchmarkRules begin with a zone that is parsed; the second builds the graph too, and runs all
// rules over it.
func BenchmarkGraph(b *testing.B) {
	_, zone := load(hosting(b), 0)
	b.ReportAllocs()
	for b.Loop() {
		dns.NewGraph([]*zonefiles.Zone{zone})
	}
}

func BenchmarkRulesOneJob(b *testing.B) { benchmarkRules(b, 1) }

func BenchmarkRules(b *testing.B) { benchmarkRules(b, 0) }

func benchmarkRules(b *testing.B, jobs int) {
	b.Helper()
	files, zone := load(hosting(b), 0)
	all := rules.All()
	b.ReportAllocs()
	for b.Loop() {
		run := lint.Run{Files: files, Views: [][]*zonefiles.Zone{{zone}}, Rules: all, Jobs: jobs}
		if found := lintAll(b, &run); len(found.Findings) > 0 {
			b.Fatalf("%d findings, the first %s: %s", len(found.Findings), found.Findings[0].Rule.Name, found.Findings[0].Message)
		}
	}
}

// BenchmarkRulesWithFactsOneJob is BenchmarkRulesOneJob where the operator states a fact, so that no domain is taken
// for healthy unread.
func BenchmarkRulesWithFactsOneJob(b *testing.B) {
	files, zone := load(hosting(b), 0)
	all := rules.All()
	b.ReportAllocs()
	for b.Loop() {
		run := lint.Run{Files: files, Views: [][]*zonefiles.Zone{{zone}}, Rules: all, Jobs: 1}
		run.Facts.Hosts = map[zonefiles.Name]mail.HostFacts{zonefiles.MustName("x.invalid."): {}}
		lintAll(b, &run)
	}
}
