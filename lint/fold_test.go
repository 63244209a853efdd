package lint

import (
	"fmt"
	"slices"
	"testing"

	"mx46/zonefiles"
)

func TestFold(t *testing.T) {
	rule, other := &Rule{Name: "one"}, &Rule{Name: "other"}
	files := &zonefiles.FileSet{}
	file, err := files.Add("zone", []byte("$GENERATE 1-2 mx$ A 10.0.0.$\n"))
	if err != nil {
		t.Fatal(err)
	}
	at := zonefiles.Span{File: file.ID, Start: 0, End: 28}
	// generated is the finding at a record, of two, that the directive generated in a zone's reading of the file.
	generated := func(zone string, record uint32) Finding {
		text, err := files.AddGenerated(at, []byte("mx1 A 10.0.0.1\nmx2 A 10.0.0.2\n"))
		if err != nil {
			t.Fatal(err)
		}
		return Finding{
			Rule: rule, Severity: Error, Zone: zonefiles.MustName(zone), Harm: fmt.Sprintf("mail to mx%d is lost", record),
			Span: zonefiles.Span{File: text.ID, Start: 15*record - 9, End: 15*record - 1},
		}
	}
	in := func(zone string, rule *Rule, severity Severity) Finding {
		name := zonefiles.MustName(zone)
		subject := Subject{Owner: name}
		return Finding{Rule: rule, Severity: severity, Zone: name, Span: at, Subject: subject, Harm: "mail is lost"}
	}
	tests := []struct {
		name     string
		findings []Finding
		want     []string // zone and harm
	}{
		{
			"one file under two names",
			[]Finding{in("a.", rule, Error), in("b.", rule, Error)},
			[]string{"a. mail is lost; the same applies to zone b"},
		},
		{"under many names", []Finding{
			in("a.", rule, Error), in("f.", rule, Error), in("e.", rule, Error), in("d.", rule, Error), in("c.", rule, Error),
		}, []string{"a. mail is lost; the same applies to 4 other zones: c, d, e and 1 more"}},
		{
			"different rules",
			[]Finding{in("a.", rule, Error), in("b.", other, Error)},
			[]string{"a. mail is lost", "b. mail is lost"},
		},
		{
			"one of them suppressed",
			[]Finding{in("a.", rule, Error), {
				Rule: rule, Severity: Error, Zone: zonefiles.MustName("b."), Span: at, Harm: "mail is lost", Suppressed: "known",
			}},
			[]string{"a. mail is lost", "b. mail is lost"},
		},
		{
			"different severities",
			[]Finding{in("a.", rule, Error), in("b.", rule, Note)},
			[]string{"a. mail is lost", "b. mail is lost"},
		},
		{
			"generated records",
			[]Finding{generated("a.", 1), generated("a.", 2), generated("b.", 1), generated("b.", 2)},
			[]string{
				"a. mail to mx1 is lost; the same applies to zone b",
				"a. mail to mx2 is lost; the same applies to zone b",
			},
		},
		{"two subjects at one place of one zone", []Finding{
			in("a.", rule, Error), {Rule: rule, Severity: Error, Zone: zonefiles.MustName("a."), Span: at, Harm: "mail is late"},
		}, []string{"a. mail is lost", "a. mail is late"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := slices.Clone(test.findings)
			var got []string
			for _, f := range Fold(files, test.findings) {
				got = append(got, f.Zone.String()+" "+f.Harm)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			for i := range before {
				if before[i].Harm != test.findings[i].Harm {
					t.Error("a finding that was given is changed")
				}
			}
		})
	}
}

func TestFoldNamesAllThatItHasMadeOneOf(t *testing.T) {
	files := &zonefiles.FileSet{}
	file, err := files.Add("zone", []byte("@ MX 10 mx\n"))
	if err != nil {
		t.Fatal(err)
	}
	var findings []Finding
	for _, zone := range []string{"a.", "b.", "c.", "d.", "e."} {
		owner := zonefiles.MustName("shop." + zone)
		f := Finding{Rule: &Rule{}, Zone: owner.Parent(), Subject: Subject{Owner: owner}, Span: zonefiles.Span{File: file.ID, Start: 8, End: 10}}
		if len(findings) > 0 {
			f.Rule = findings[0].Rule
		}
		findings = append(findings, f)
	}
	folded := Fold(files, findings)
	if got := fmt.Sprint(len(folded), folded[0].Domains); got != "1 [shop.a. shop.b. shop.c. shop.d. shop.e.]" {
		t.Errorf("one finding of five domains is %s", got)
	}
	if alone := Fold(files, findings[:1]); len(alone[0].Domains) != 0 {
		t.Errorf("a finding of one domain has the domains %s", alone[0].Domains)
	}
}
