package lint_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"mx46/lint"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// The tests of this package know no real rule. They lint small zones with toy rules, each of which reports what it
// looks at.

// head begins every zone of readZones: its lines do not count, since the toy rules look at A, MX and TXT records.
const head = "$TTL 3600\n@ SOA ns.example.net. hostmaster 1 7200 3600 1209600 300\n  NS ns.example.net.\n"

// headLines is how many lines a zone's text is moved down by head.
const headLines = 3

// readZones reads a txtar archive: each file NAME.zone is the zone NAME, which begins with head, a file lost is a
// zone of unknown origin, and the others can be included.
func readZones(t *testing.T, archive string) (*zonefiles.FileSet, []*zonefiles.Zone) {
	t.Helper()
	loader := zonefiles.NewLoader(nil)
	var zones []*zonefiles.Zone
	files := txtar.Parse([]byte(archive)).Files
	for _, f := range files {
		text := f.Data
		if strings.HasSuffix(f.Name, ".zone") {
			text = append([]byte(head), text...)
		}
		file, err := loader.Files.Add(f.Name, text)
		if err != nil {
			t.Fatal(err)
		}
		loader.Put(file)
	}
	for _, f := range files {
		if name, ok := strings.CutSuffix(path.Base(f.Name), ".zone"); ok {
			origin := zonefiles.MustName(name + ".")
			zones = append(zones, loader.Load(f.Name, &origin, zonefiles.Served{}))
		} else if f.Name == "lost" {
			zones = append(zones, loader.Load(f.Name, nil, zonefiles.Served{}))
		}
	}
	if len(zones) == 0 {
		t.Fatal("the archive holds no zone")
	}
	return loader.Files, zones
}

// newRun is a run of rules over the zones of an archive, in one view.
func newRun(t *testing.T, archive string, rules ...*lint.Rule) *lint.Run {
	t.Helper()
	files, zones := readZones(t, archive)
	return &lint.Run{Files: files, Views: [][]*zonefiles.Zone{zones}, Rules: rules}
}

// lines are findings, one a line: file:line, severity, rule, subject, message, and why it is suppressed. Lines count
// from the end of head.
func lines(files *zonefiles.FileSet, findings []lint.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		at := files.OnDisk(f.Span)
		start := files.Position(at.File, at.Start)
		if strings.HasSuffix(start.File, ".zone") {
			start.Line -= headLines
		}
		fmt.Fprintf(&b, "%s:%d %s %s", start.File, start.Line, f.Severity, f.Rule.Name)
		if f.Subject.Owner != zonefiles.Root {
			fmt.Fprintf(&b, " %s", f.Subject.Owner)
		}
		if f.Subject.Target != "" {
			fmt.Fprintf(&b, " -> %s", f.Subject.Target)
		}
		if f.Message != "" {
			fmt.Fprintf(&b, ": %s", f.Message)
		}
		if f.Suppressed != "" {
			fmt.Fprintf(&b, " (%s)", f.Suppressed)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// lintAll is the result of a run that comes to its end.
func lintAll(t *testing.T, run *lint.Run) lint.Result {
	t.Helper()
	result, err := run.Lint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// check holds a run's findings against the lines that are wanted, which may be indented.
func check(t *testing.T, run *lint.Run, want string) lint.Result {
	t.Helper()
	result := lintAll(t, run)
	var b strings.Builder
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	if diff := cmp.Diff(b.String(), lines(run.Files, result.Findings)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	return result
}

// at is the finding at a record, about its owner and its whole RDATA.
func at(record zonefiles.Record) lint.Finding {
	return lint.Finding{
		Subject: lint.Subject{Owner: record.OwnerName(), Target: record.CanonicalRDATA()},
		Span:    record.Span(),
	}
}

// ofType reports each record of a type, at its owner.
func ofType(name string, severity lint.Severity, typ zonefiles.Type) *lint.Rule {
	return &lint.Rule{
		Name: name, Severity: severity, Of: typ,
		Owner: func(p *lint.Pass, owner zonefiles.NameID) {
			set := p.Zone.RRset(owner, typ)
			for i := range set.Len() {
				p.Report(at(set.At(i)))
			}
		},
	}
}

// mxOfDomain reports each MX record of each mail domain.
func mxOfDomain(name string, severity lint.Severity) *lint.Rule {
	return &lint.Rule{
		Name: name, Severity: severity,
		Domain: func(p *lint.Pass, d *mail.Domain) {
			for _, target := range d.Targets() {
				p.Report(at(target.Record))
			}
		},
	}
}

// inZone reports each record of a type, zone by zone.
func inZone(name string, severity lint.Severity, typ zonefiles.Type) *lint.Rule {
	return &lint.Rule{
		Name: name, Severity: severity,
		Zone: func(p *lint.Pass) {
			for owner := range p.Zone.Owners(typ) {
				set := p.Zone.RRset(owner, typ)
				for i := range set.Len() {
					p.Report(at(set.At(i)))
				}
			}
		},
	}
}

// problemsOfFile reports what cannot be read of each zone file.
func problemsOfFile(name string, severity lint.Severity) *lint.Rule {
	return &lint.Rule{Name: name, Severity: severity, Problems: []zonefiles.ProblemKind{
		zonefiles.SyntaxProblem, zonefiles.IncludeProblem, zonefiles.LimitProblem, zonefiles.OriginProblem,
	}}
}
