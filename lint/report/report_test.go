package report

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
	"mx46/zonefiles"
)

const golden = "../../testdata/report"

// update is only read: go test ./lint/report -update writes the golden files anew.
var update = flag.Bool("update", false, "write the golden files")

func page(name, summary string) func() string {
	text := "# " + name + "\n\n" + summary + "\n\n## What it reports\n\nA case\nand another.\n\n## Why it hurts\n\nMail [waits](https://example.org).\n"
	return func() string { return text }
}

func testRules() []*lint.Rule {
	return []*lint.Rule{
		{
			Name: "mx-target-no-address", Severity: lint.Error,
			ReadPage: page("mx-target-no-address", "The target of an MX record has neither\nan A nor an AAAA record."),
		},
		{Name: "mx-secondary-stranded", Severity: lint.Error, ReadPage: page("mx-secondary-stranded", "Mail that a secondary takes stays there.")},
		{Name: "mx-no-ipv6", Severity: lint.Warning, ReadPage: page("mx-no-ipv6", "No MX host can be reached over IPv6.")},
		{Name: "mx-relay-unknown", Severity: lint.Note, ReadPage: page("mx-relay-unknown", "A fact is missing.")},
	}
}

// file adds a file, which has to be there once.
func file(t testing.TB, files *zonefiles.FileSet, name, text string) *zonefiles.File {
	t.Helper()
	f, err := files.Add(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// at is the span of a piece of a file.
func at(t testing.TB, f *zonefiles.File, piece string) zonefiles.Span {
	t.Helper()
	i := bytes.Index(f.Data, []byte(piece))
	if i < 0 {
		t.Fatalf("%s has no %q", f.Name, piece)
	}
	return zonefiles.Span{File: f.ID, Start: uint32(i), End: uint32(i + len(piece))}
}

// sample is a report with every kind of finding: tabs, CR LF and characters of two, three and four bytes before a span,
// a span of several lines, places in two files, a way through relays, text of $GENERATE, fixes, and one that is
// suppressed.
func sample(t testing.TB) *Report {
	files := &zonefiles.FileSet{}
	org := file(t, files, "zones/db.example.org", "$ORIGIN example.org.\r\n"+
		"@\t3600\tIN SOA ns hostmaster ( 1 2\r\n"+
		"\t\t\t3 4 5 ) ; größe\r\n"+
		"\tIN\tMX\t10 mx1.example.net.\r\n"+
		"\tIN\tMX\t20 mx2\r\n"+
		"blå\tIN MX 10 日本𝔪.example.net. ; ü\r\n"+
		"$GENERATE 1-2 host$ MX 10 gone$\r\n")
	net := file(t, files, "zones/net/db example:net", "mx1 A 192.0.2.1\nmx2 AAAA 2001:db8::2\n\n\n\n\n\n\n\nend A 192.0.2.9\n")
	made, err := files.AddGenerated(at(t, org, "$GENERATE 1-2 host$ MX 10 gone$"), []byte("host1 MX 10 gone1\nhost2 MX 10 gone2\n"))
	if err != nil {
		t.Fatal(err)
	}
	rules := testRules()
	zone := zonefiles.MustName("example.org.")
	return &Report{
		Files: files, Rules: rules, Version: "v1.2.3", Root: "/srv/dns root",
		Settings: Settings{
			Configuration: ".mx46.yaml", Lock: ".mx46.hosts", Baseline: "known", Off: []string{"mx-no-ipv6"},
			Excluded: []string{"zones/db.old", "zones/db.spare"}, Values: []string{"fail-on: never"},
		},
		Result: lint.Result{
			Unjudged: []lint.Unjudged{
				{Suffix: zonefiles.MustName("google.com."), MailDomains: 12},
				{Suffix: zonefiles.MustName("outlook.com."), MailDomains: 10},
				{Suffix: zonefiles.MustName(`a\@b.example.`), MailDomains: 4},
				{Suffix: zonefiles.MustName("provider.example."), MailDomains: 3},
			},
			Unread:  []string{"zones/db.odd"},
			Summary: lint.Summary{Unread: 1, Files: 2, Zones: 1, MailDomains: 30, Records: 99, NotJudged: 29, HiddenNotes: 12, Withheld: 1, OtherClass: 2, SetAside: 1, NotPrimary: 3, Unsynced: 2},
			Findings: []lint.Finding{
				{
					Rule: rules[3], Severity: lint.Note, Zone: zone, Subject: lint.Subject{Owner: zone}, Span: at(t, org, "SOA ns hostmaster ( 1 2\r\n\t\t\t3 4 5 )"),
					Message: "Whether mail reaches example.org. from mx2 is not known.",
					Harm:    "Perhaps nobody.", Help: "Say in hosts: which families mx2 has.",
				},
				{
					Rule: rules[1], Severity: lint.Error, Zone: zone,
					Subject: lint.Subject{Owner: zone, Target: "mx2.example.org."}, Span: at(t, org, "mx2"),
					Message: "Mail for example.org. that mx2.example.org. takes never reaches mx1.example.net.",
					Harm:    "Senders that have only IPv6: their mail waits at mx2 and comes back after days.",
					Help:    "Give mx2.example.org. an A record, or mx1.example.net. an AAAA record.",
					Related: []lint.Related{
						{Span: at(t, org, "mx1.example.net."), Message: "the primary [first choice]"},
						{Span: at(t, net, "192.0.2.1"), Message: "it has only IPv4"},
						{Span: at(t, net, "192.0.2.9"), Message: "and so has this one"},
					},
					Path: []lint.Related{
						{Span: at(t, org, "mx2"), Message: "an IPv6-only sender hands mail to mx2"},
						{Span: at(t, net, "mx1"), Message: "mx2 cannot reach mx1"},
					},
				},
				{
					Rule: rules[0], Severity: lint.Error, Zone: zone,
					Subject: lint.Subject{Owner: zonefiles.MustName(`bl\195\165.example.org.`), Target: "x.example.net."}, Span: at(t, org, "日本𝔪.example.net."),
					Message: "The MX target has no address.", Harm: "All senders.",
					Fixes: []lint.Fix{
						{Message: "use mx1", Safe: true, Edits: []lint.Edit{{Span: at(t, org, "日本𝔪.example.net."), New: "mx1.example.net."}}},
						{Message: "remove the record", Edits: []lint.Edit{{Span: at(t, org, "blå\tIN MX 10 日本𝔪.example.net. ; ü\r\n")}}},
					},
				},
				{
					Rule: rules[0], Severity: lint.Error, Zone: zone,
					Subject: lint.Subject{Owner: zonefiles.MustName("host2.example.org.")}, Span: at(t, made, "gone2"),
					Message: "gone2.example.org. does not exist.", Harm: "All senders.", Help: "add its addresses",
				},
				{
					Rule: rules[2], Severity: lint.Warning, Zone: zone, Subject: lint.Subject{Owner: zone}, Span: at(t, org, "MX"),
					Message: "No MX host of example.org. has IPv6.", Suppressed: "moved in March, see ticket 12",
				},
			},
		},
	}
}

func empty() *Report {
	return &Report{
		Files: &zonefiles.FileSet{}, Rules: testRules(), Version: "v1.2.3",
		Result: lint.Result{Summary: lint.Summary{Files: 3, Zones: 2, MailDomains: 5, Records: 40}},
	}
}

func write(t testing.TB, format string, r *Report, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReportsAreAsTheGoldenFilesShow(t *testing.T) {
	compare := func(t *testing.T, name string, got []byte) {
		path := filepath.Join(golden, name)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s differs (-want +got); run go test ./lint/report -update when that is right:\n%s", name, diff)
		}
	}
	for _, format := range Formats() {
		t.Run(format, func(t *testing.T) {
			o := Options{FailOn: lint.Error}
			if format == "markdown" {
				o.Pictures = testPicture
			}
			compare(t, "sample."+format, write(t, format, sample(t), o))
			compare(t, "empty."+format, write(t, format, empty(), Options{}))
		})
	}
	t.Run("text in colour, narrow, with links and what is suppressed", func(t *testing.T) {
		compare(t, "sample.terminal", write(t, "text", sample(t), Options{Color: true, Links: true, Width: 60, Suppressed: true}))
	})
	t.Run("sarif with what is suppressed", func(t *testing.T) {
		compare(t, "suppressed.sarif", write(t, "sarif", sample(t), Options{Suppressed: true}))
	})
}

func TestSuppressedFindingsShowOnlyWhereTheyCanBeToldFromOthers(t *testing.T) {
	for _, f := range formats() {
		without, with := write(t, f.name, sample(t), Options{}), write(t, f.name, sample(t), Options{Suppressed: true})
		if bytes.Contains(without, []byte("No MX host of example.org.")) {
			t.Errorf("%s shows a suppressed finding without being asked", f.name)
		}
		if bytes.Contains(with, []byte("ticket 12")) != f.suppressed {
			t.Errorf("%s: that it gives the reason of a suppressed finding is %t, want %t", f.name, !f.suppressed, f.suppressed)
		}
	}
}

func TestNotesAreInTheFormatsThatSaySo(t *testing.T) {
	for _, f := range formats() {
		r := sample(t)
		r.Notes = []string{"Everything is reported."}
		if got := bytes.Contains(write(t, f.name, r, Options{}), []byte(r.Notes[0])); got != f.notes || HasNotes(f.name) != f.notes {
			t.Errorf("%s: that it has the notes is %t, want %t", f.name, got, f.notes)
		}
	}
}

func TestAReportOnNothingNeverSaysThatAllIsWell(t *testing.T) {
	got := string(write(t, "text", &Report{Files: &zonefiles.FileSet{}}, Options{}))
	if want := "Nothing was checked: there are no zones.\n"; got != want {
		t.Errorf("the report is %q, want %q", got, want)
	}
}

func TestQuietTextHasNoSummary(t *testing.T) {
	for name, r := range map[string]*Report{"sample": sample(t), "empty": empty()} {
		loud, quiet := string(write(t, "text", r, Options{})), string(write(t, "text", r, Options{Quiet: true}))
		summary, ok := strings.CutPrefix(loud, quiet)
		if !ok || !strings.Contains(summary, " mail domains and ") || strings.Contains(quiet, " mail domains and ") {
			t.Errorf("the quiet report of %s is\n%s\nwithout\n%s", name, quiet, summary)
		}
	}
}

func TestAnUnknownFormatIsRefusedWithTheOnesThatExist(t *testing.T) {
	err := Write(&bytes.Buffer{}, "yaml", empty(), Options{})
	if err == nil || !strings.Contains(err.Error(), `"yaml"`) || !strings.Contains(err.Error(), "sarif, github") {
		t.Errorf("the error is %v", err)
	}
}

// fullDisk takes so many bytes and no more.
type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), d.room)
	d.room -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestAWriteErrorIsReturnedByEveryFormat(t *testing.T) {
	for _, format := range Formats() {
		whole := len(write(t, format, sample(t), Options{}))
		for _, room := range []int{0, 1, whole - 1} {
			if err := Write(&fullDisk{room}, format, sample(t), Options{}); !errors.Is(err, errFull) {
				t.Errorf("%s after %d bytes: the error is %v", format, room, err)
			}
		}
		if err := Write(&fullDisk{whole}, format, sample(t), Options{}); err != nil {
			t.Errorf("%s with room for all: %v", format, err)
		}
	}
}

func TestWritingDoesNotChangeTheReport(t *testing.T) {
	for _, format := range Formats() {
		r := sample(t)
		first := write(t, format, r, Options{Suppressed: true})
		if !bytes.Equal(first, write(t, format, r, Options{Suppressed: true})) {
			t.Errorf("%s writes something else the second time", format)
		}
	}
}
