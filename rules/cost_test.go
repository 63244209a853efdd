package rules_test

import (
	"bytes"
	"testing"

	"mx46/lint"
	"mx46/rules"
	"mx46/testdata/bench/zonegen"
	"mx46/zonefiles"
)

// The cost of the rules is the difference between BenchmarkLint and BenchmarkLoad on the zone of a mail hoster: every MX host is
// dual-stack there and nothing is to be found.

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

func load(file *zonefiles.File) (*zonefiles.FileSet, *zonefiles.Zone) {
	loader := zonefiles.NewLoader(nil)
	again, _ := loader.Files.Add(file.Name, file.Data)
	return loader.Files, loader.Parse(again, nil)
}

func BenchmarkLoad(b *testing.B) {
	file := hosting(b)
	b.ReportAllocs()
	for b.Loop() {
		_, zone := load(file)
		lint.NewGraph([]*zonefiles.Zone{zone})
	}
}

func BenchmarkLintOneJob(b *testing.B) { benchmarkLint(b, 1) }

func BenchmarkLint(b *testing.B) { benchmarkLint(b, 0) }

func benchmarkLint(b *testing.B, jobs int) {
	b.Helper()
	file := hosting(b)
	all := rules.All()
	b.ReportAllocs()
	for b.Loop() {
		files, zone := load(file)
		run := lint.Run{Files: files, Views: [][]*zonefiles.Zone{{zone}}, Rules: all, Jobs: jobs}
		if found := run.Lint(); len(found.Findings) > 0 {
			b.Fatalf("%d findings, the first %s: %s", len(found.Findings), found.Findings[0].Rule.Name, found.Findings[0].Message)
		}
	}
}
