package fix_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"mx46/lint/fix"
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
		{"RRSIG", "-- example.org.zone --\n" + head + nullMX + "SIGNED\n", map[string]int{name: 1},
			"zone example.org " + brokenSeal + "mend the file that it is made from, and" + signAgain},
		{"NSEC", "-- example.org.zone --\n" + head + nullMX + "n NSEC @ MX\n", map[string]int{name: 1}, ""},
		{"NSEC3", "-- example.org.zone --\n" + head + nullMX + "0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM NSEC3 1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR MX\n",
			map[string]int{name: 1}, ""},
		{"a digest", "-- example.org.zone --\n" + head + nullMX + "@ ZONEMD 1 1 1 " + strings.Repeat("ab", 48) + "\n", map[string]int{name: 1},
			"zone example.org holds a digest (ZONEMD), which would no longer match, and secondaries that verify it would refuse the zone; " +
				"mend the file that it is made from, and have the digest made again"},
		{"a signature that cannot be read", "-- example.org.zone --\n" + head + nullMX + "n RRSIG MX 13\n", map[string]int{name: 1}, ""},
		{"keys alone", "-- example.org.zone --\n" + head + nullMX + "@ DNSKEY 257 3 13 " + strings.Repeat("q", 86) + "==\n@ NSEC3PARAM 1 0 0 -\n", nil, ""},
		{"signatures in an included file", "-- example.org.zone --\n" + head + nullMX + "$INCLUDE more\n-- more --\nm MX 10 .\nSIGNED\n",
			map[string]int{name: 1, "more": 1}, "zone example.org (example.org.zone), which includes it, " + brokenSeal + "mend the file that it is made from, and" + signAgain},
		{"an included file of a signed zone", "-- example.org.zone --\n" + head + "SIGNED\n$INCLUDE more\n-- more --\nm MX 10 .\n", map[string]int{"more": 1},
			"zone example.org (example.org.zone), which includes it, " + brokenSeal + "mend the file that it is made from, and" + signAgain},
		{"a file that an unsigned zone shares with a signed one", "-- example.net.zone --\n" + head + nullMX + "$INCLUDE more\n-- example.org.zone --\n" +
			head + nullMX + "SIGNED\n$INCLUDE more\n-- more --\nm MX 10 .\n", map[string]int{name: 1, "more": 2}, ""},
		{"the unsigned file beside it", "-- example.org.zone --\n" + head + nullMX + "-- example.org.zone.signed --\n$ORIGIN example.org.\n" + head + nullMX + "SIGNED\n",
			map[string]int{"example.org.zone.signed": 1}, "zone example.org " + brokenSeal + "mend example.org.zone, which it is made from, and" + signAgain},
		{"the unsigned file elsewhere", "-- db.example.org --\n" + head + nullMX + "-- example.org.zone --\n" + head + nullMX + "SIGNED\n", map[string]int{name: 1},
			"zone example.org " + brokenSeal + "mend the file that it is made from, perhaps db.example.org, and" + signAgain},
		{"an unsigned zone of another name", "-- example.net.zone --\n" + head + nullMX + "-- example.org.zone --\n" + head + nullMX + "SIGNED\n", map[string]int{name: 1},
			"zone example.org " + brokenSeal + "mend the file that it is made from, and" + signAgain},
		{"a signed zone without a fix", "-- example.org.zone --\n" + head + "SIGNED\n", nil, ""},
		{"no known origin", "-- x --\nn 60 MX 10 .\n; mx46:ignore zone-syntax -- x\nn 60 NSEC @ MX\n", map[string]int{"x": 1},
			"the zone " + brokenSeal + "mend the file that it is made from, and" + signAgain},
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
				k.Reason = strings.ReplaceAll(k.Reason, o.RootPath()+"/", "")
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
