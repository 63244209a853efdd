package survey

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"mx46/lint/text"
)

func TestTallyOfMoreProvidersThanItCounts(t *testing.T) {
	tally := NewTally()
	for i := range maxProviders + 500 {
		tally.Add(&Line{State: Judged, Families: "dual", Provider: fmt.Sprintf("p%d.example", i)})
	}
	for range 3 {
		tally.Add(&Line{State: Unanswered, Provider: "p7.example", Findings: []Finding{{Rule: "a", Severity: "error"}, {Rule: "a", Severity: "error"}}})
	}
	if len(tally.providers) != maxProviders || tally.Unanswered() != 3 || tally.Worst["error"] != 6 || tally.rules["a"] != 3 {
		t.Errorf("%d providers, %v", len(tally.providers), tally)
	}
	var b strings.Builder
	if err := tally.Write(&b); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{"domains 10503", "provider p7.example 4 0.0 %", "provider others 10480", "rule a 3"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

// TestNoLineIsACommandToALog is about hosts as strangers name them, which a runner of GitHub Actions would obey.
func TestNoLineIsACommandToALog(t *testing.T) {
	line := Line{State: Judged, Provider: "##[error]x.example", Findings: []Finding{{Message: "MX target ##[error]x.example"}}}
	tally := NewTally()
	tally.Add(&line)
	var b, table strings.Builder
	if err := errors.Join(writeLine(&b, &line), tally.Write(&table)); err != nil {
		t.Fatal(err)
	}
	if got := b.String() + table.String(); strings.Contains(got, text.CommandMark) {
		t.Error(got)
	}
	var again Line
	if err := json.Unmarshal([]byte(b.String()), &again); err != nil || !reflect.DeepEqual(again, line) {
		t.Errorf("%v: %+v, want %+v", err, again, line)
	}
}
