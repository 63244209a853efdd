package lint_test

import (
	"slices"
	"testing"

	"mx46/lint"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

func TestAPageHasASummaryAndSections(t *testing.T) {
	r := lint.Rule{ReadPage: func() string {
		return "# toy\n\nAn MX record\nis odd.\n\n## Example\n\n```zone bad\n@ MX 10 mx\n```\n\n## References\n\nRFC 974\n"
	}}
	if got := r.Summary(); got != "An MX record is odd." {
		t.Errorf("the summary is %q", got)
	}
	for title, want := range map[string]string{
		"Example":    "```zone bad\n@ MX 10 mx\n```",
		"References": "RFC 974",
		"Exam":       "",
		"toy":        "",
	} {
		if got := r.Section(title); got != want {
			t.Errorf("section %q is %q, want %q", title, got, want)
		}
	}
	if empty := (&lint.Rule{}); empty.Summary() != "" || empty.Section("Example") != "" {
		t.Error("a rule without a page says something")
	}
}

// TestRunsWhereThereIsSomethingToLookAt asks of zones whose origin is known, and unknown.
func TestRunsWhereThereIsSomethingToLookAt(t *testing.T) {
	problems := lint.Rule{Problems: []zonefiles.ProblemKind{zonefiles.SyntaxProblem}}
	for _, test := range []struct {
		name         string
		rule         lint.Rule
		known, other bool
	}{
		{"problems", problems, true, true},
		{"zone", lint.Rule{Zone: func(*lint.Pass) {}}, true, false},
		{"owner", lint.Rule{Owner: func(*lint.Pass, zonefiles.NameID) {}}, true, false},
		{"domain", lint.Rule{Domain: func(*lint.Pass, *mail.Domain) {}}, true, false},
		{"nothing", lint.Rule{}, false, false},
	} {
		known, other := test.rule.Runs(&zonefiles.Zone{OriginKnown: true}), test.rule.Runs(&zonefiles.Zone{})
		if known != test.known || other != test.other {
			t.Errorf("%s: it runs %t and %t, want %t and %t", test.name, known, other, test.known, test.other)
		}
		if got := test.rule.HasSubjects(); got != (test.name != "problems") {
			t.Errorf("%s: its findings have subjects: %t", test.name, got)
		}
	}
}

func TestNamesAreInTheOrderOfRules(t *testing.T) {
	if got := lint.Names([]*lint.Rule{{Name: "b"}, {Name: "a"}}); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("the names are %q", got)
	}
}
