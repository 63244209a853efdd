package fix_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"mx46/lint/fix"
	"mx46/lint/workspace"
	"mx46/rules"
	"mx46/testdata/folder"
)

const (
	brokenSeal = "holds DNSSEC signatures, which would no longer match, and validating senders would lose the domain; "
	signAgain  = " have it signed again"
)

// Every file here has a fix: what stays as it is does so for the reason that is told, and all the rest is fixed.
func TestFilesOfSealedZonesStayAsTheyAre(t *testing.T) {
	nullMX := "n MX 10 .\n"
	for _, test := range []struct {
		name  string
		files string         // a text archive; SIGNED stands for an RRSIG record
		kept  map[string]int // findings by file
		why   string         // of the last of them
	}{
		{
			"RRSIG", "-- example.org.zone --\n" + head + nullMX + "SIGNED\n",
			map[string]int{name: 1},
			"zone example.org " + brokenSeal + "mend the file that it is made from, and" + signAgain,
		},
		{"NSEC", "-- example.org.zone --\n" + head + nullMX + "n NSEC @ MX\n", map[string]int{name: 1}, ""},
		{
			"NSEC3", "-- example.org.zone --\n" + head + nullMX + "0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM NSEC3 1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR MX\n",
			map[string]int{name: 1},
			"",
		},
		{
			"a digest", "-- example.org.zone --\n" + head + nullMX + "@ ZONEMD 1 1 1 " + strings.Repeat("ab", 48) + "\n",
			map[string]int{name: 1},
			"zone example.org holds a digest (ZONEMD), which would no longer match, and secondaries that verify it would refuse the zone; " +
				"mend the file that it is made from, and have the digest made again",
		},
		{"a signature that cannot be read", "-- example.org.zone --\n" + head + nullMX + "n RRSIG MX 13\n", map[string]int{name: 1}, ""},
		{"keys alone", "-- example.org.zone --\n" + head + nullMX + "@ DNSKEY 257 3 13 " + strings.Repeat("q", 86) + "==\n@ NSEC3PARAM 1 0 0 -\n", nil, ""},
		{
			"signatures in an included file", "-- example.org.zone --\n" + head + nullMX + "$INCLUDE more\n-- more --\nm MX 10 .\nSIGNED\n",
			map[string]int{name: 1, "more": 1},
			"zone example.org (example.org.zone), which reads it too, " + brokenSeal + "mend the file that it is made from, and" + signAgain,
		},
		{
			"an included file of a signed zone", "-- example.org.zone --\n" + head + "SIGNED\n$INCLUDE more\n-- more --\nm MX 10 .\n",
			map[string]int{"more": 1},
			"zone example.org (example.org.zone), which reads it too, " + brokenSeal + "mend the file that it is made from, and" + signAgain,
		},
		{"a file that an unsigned zone shares with a signed one", "-- example.net.zone --\n" + head + nullMX + "$INCLUDE more\n-- example.org.zone --\n" +
			head + nullMX + "SIGNED\n$INCLUDE more\n-- more --\nm MX 10 .\n", map[string]int{name: 1, "more": 2}, ""},
		{
			"the unsigned file beside it", "-- example.org.zone --\n" + head + nullMX + "-- example.org.zone.signed --\n$ORIGIN example.org.\n" + head + nullMX + "SIGNED\n",
			map[string]int{"example.org.zone.signed": 1},
			"zone example.org " + brokenSeal + "mend example.org.zone, which it is made from, and" + signAgain,
		},
		{
			"the unsigned file elsewhere", "-- db.example.org --\n" + head + nullMX + "-- example.org.zone --\n" + head + nullMX + "SIGNED\n",
			map[string]int{name: 1},
			"zone example.org " + brokenSeal + "mend the file that it is made from, perhaps db.example.org, and" + signAgain,
		},
		{
			"an unsigned zone of another name", "-- example.net.zone --\n" + head + nullMX + "-- example.org.zone --\n" + head + nullMX + "SIGNED\n",
			map[string]int{name: 1},
			"zone example.org " + brokenSeal + "mend the file that it is made from, and" + signAgain,
		},
		{"a signed zone without a fix", "-- example.org.zone --\n" + head + "SIGNED\n", nil, ""},
		{
			"no known origin", "-- x --\nn 60 MX 10 .\n; mx46:ignore zone-syntax -- x\nn 60 NSEC @ MX\n",
			map[string]int{"x": 1},
			"the zone " + brokenSeal + "mend the file that it is made from, and" + signAgain,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			signature := "n 60 RRSIG MX 13 3 60 20300101000000 20200101000000 1 example.org. " + strings.Repeat("q", 86) + "=="
			files := txtar.Parse([]byte(strings.ReplaceAll(test.files, "SIGNED", signature))).Files
			o := open(t, files)
			out := o.run(t, fix.Options{Unsafe: true, Serial: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)})
			var kept map[string]int
			for _, k := range out.Kept {
				if kept == nil {
					kept = map[string]int{}
				}
				kept[k.File] = k.Findings
				k.Reason = strings.ReplaceAll(k.Reason, strings.TrimSuffix(o.Shown("x"), "x"), "")
				if !strings.Contains(k.Reason, "would no longer match") || k.File == out.Kept[len(out.Kept)-1].File && test.why != "" && k.Reason != test.why {
					t.Errorf("%s stays because\n%s\nwant\n%s", k.File, k.Reason, test.why)
				}
			}
			if diff := cmp.Diff(test.kept, kept); diff != "" {
				t.Errorf("findings that are left by file (-want +got):\n%s", diff)
			}
			for _, f := range files {
				fixable := strings.Contains(string(f.Data), "MX 10 .\n")
				if changed := o.text(t, f.Name) != string(f.Data); changed != (fixable && test.kept[f.Name] == 0) {
					t.Errorf("%s has changed: %t\n%s", f.Name, changed, o.text(t, f.Name))
				}
			}
		})
	}
}

func TestASerialInAFileThatStaysIsNotRaised(t *testing.T) {
	soa := "@ 60 SOA ns.example.org. hostmaster 7 7200 3600 1209600 300\n"
	o := open(t, []txtar.File{
		{Name: "example.net.zone", Data: []byte("$INCLUDE soa\n@ 60 NS ns.example.org.\nn 60 MX 10 .\n")},
		{Name: name, Data: []byte("$INCLUDE soa\n@ 60 NS ns\n@ 60 NSEC ns NS SOA\nns 60 A 192.0.32.1\nns 60 AAAA 2620:0:2d0::1\n")},
		{Name: "soa", Data: []byte(soa)},
	})
	out := o.run(t, fix.Options{Serial: time.Now()})
	want := []fix.NoSerial{{File: "example.net.zone", Reason: "it is in soa, and zone example.org (example.org.zone), which reads it too, " + brokenSeal +
		"mend the file that it is made from, and" + signAgain}}
	for i := range out.NoSerial {
		out.NoSerial[i].Reason = strings.ReplaceAll(out.NoSerial[i].Reason, strings.TrimSuffix(o.Shown("x"), "x"), "")
	}
	if diff := cmp.Diff(want, out.NoSerial); diff != "" || out.Fixed != 1 || o.text(t, "soa") != soa {
		t.Errorf("%d fixed; no serial (-want +got):\n%s%s", out.Fixed, diff, o.text(t, "soa"))
	}
}

// A link does not open a way to a file that stays.
func TestAFileThatStaysDoesSoUnderEveryName(t *testing.T) {
	dir := folder.New(t, map[string]string{"signed/example.org.zone": head + "n MX 10 .\nn NSEC @ MX\n", "more/inc": "n MX 10 .\n"})
	folder.Symlink(t, "../signed/example.org.zone", filepath.Join(dir, "more/example.net.zone"))
	folder.Symlink(t, "inc", filepath.Join(dir, "more/link"))
	for name, text := range map[string]string{
		"more/example.com.zone": head + "$INCLUDE link\n", "more/a.example.zone": head + "$INCLUDE inc\n@ NSEC ns SOA\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var sources []workspace.Source
	for _, name := range []string{"more/a.example.zone", "more/example.com.zone", "more/example.net.zone", "signed/example.org.zone"} {
		sources = append(sources, workspace.Source{Path: name})
	}
	o := openFolder(t, dir, rules.All(), sources)
	out := o.run(t, fix.Options{})
	var kept []string
	for _, k := range out.Kept {
		kept = append(kept, k.File)
	}
	if diff := cmp.Diff([]string{"more/example.net.zone", "more/inc", "more/link", "signed/example.org.zone"}, kept); diff != "" || len(out.Changes) > 0 {
		t.Errorf("%d changes; files that stay (-want +got):\n%s", len(out.Changes), diff)
	}
}

func TestReportsOfferNoFixOfAFileThatStays(t *testing.T) {
	o := open(t, []txtar.File{
		{Name: "example.net.zone", Data: []byte(head + "n MX 10 .\n")}, {Name: name, Data: []byte(head + "n MX 10 .\nn NSEC @ MX\n")},
	})
	findings := o.findings()
	offered := fix.Offer(o.Workspace, findings)
	if len(findings) != 2 || len(findings[0].Fixes) != 1 || len(findings[1].Fixes) != 1 {
		t.Fatalf("the findings themselves have changed: %v", findings)
	}
	if len(offered) != 2 || len(offered[0].Fixes) != 1 || len(offered[1].Fixes) != 0 {
		t.Errorf("offered are %v", offered)
	}
}
