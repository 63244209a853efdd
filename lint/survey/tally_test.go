package survey

import (
	"fmt"
	"strings"
	"testing"
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
	text := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{"domains 10503", "provider p7.example 4 0.0 %", "provider others 10480", "rule a 3"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
