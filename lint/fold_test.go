package lint

import (
	"slices"
	"testing"

	"mx46/zonefiles"
)

func TestFold(t *testing.T) {
	rule, other := &Rule{Name: "one"}, &Rule{Name: "other"}
	at := zonefiles.Span{File: 1, Start: 10, End: 20}
	in := func(zone string, rule *Rule, severity Severity) Finding {
		name := zonefiles.MustName(zone)
		return Finding{Rule: rule, Severity: severity, Zone: name, Span: at, Subject: Subject{Owner: name}, Harm: "mail is lost"}
	}
	tests := []struct {
		name     string
		findings []Finding
		want     []string // zone and harm
	}{
		{
			"one file under two names",
			[]Finding{in("a.", rule, Error), in("b.", rule, Error)},
			[]string{"a. mail is lost; the same holds for the zone b"},
		},
		{"under many names", []Finding{
			in("a.", rule, Error), in("f.", rule, Error), in("e.", rule, Error), in("d.", rule, Error), in("c.", rule, Error),
		}, []string{"a. mail is lost; the same holds for 4 other zones: c, d, e and 1 more"}},
		{"different rules", []Finding{in("a.", rule, Error), in("b.", other, Error)}, []string{"a. mail is lost", "b. mail is lost"}},
		{"different severities", []Finding{in("a.", rule, Error), in("b.", rule, Note)}, []string{"a. mail is lost", "b. mail is lost"}},
		{"two subjects at one place of one zone", []Finding{
			in("a.", rule, Error), {Rule: rule, Severity: Error, Zone: zonefiles.MustName("a."), Span: at, Harm: "mail is late"},
		}, []string{"a. mail is lost", "a. mail is late"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := slices.Clone(test.findings)
			var got []string
			for _, f := range Fold(test.findings) {
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
