package report_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint/report"
)

func TestFit(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       []string
	}{
		{"what fits stays", "a b", []string{"a b"}},
		{"prose goes on where it began", "The mail is stuck at mx1 here", []string{"The mail is stuck at", "mx1 here"}},
		{"what is indented goes on to the right", "  (1) a has MX 10 mx1.a", []string{"  (1) a has MX 10", "      mx1.a"}},
		{"the last column goes on below itself", "name  what it is and does", []string{"name  what it is and", "      does"}},
	} {
		if diff := cmp.Diff(test.want, report.Fit(test.line, 20)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
