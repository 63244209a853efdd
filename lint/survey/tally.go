package survey

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"mx46/lint/text"
)

// Tally counts lines. It takes no more memory for more of them.
type Tally struct {
	Domains   int
	Worst     map[string]int // findings, by severity
	states    map[string]int
	families  map[string]int
	rules     map[string]int // domains, by the rules that report them
	providers map[string]int // domains
	others    int            // domains of providers that are too many to count each
}

// NewTally counts nothing yet.
func NewTally() *Tally {
	return &Tally{
		Worst: map[string]int{}, states: map[string]int{}, families: map[string]int{}, rules: map[string]int{},
		providers: map[string]int{},
	}
}

// Add counts a line.
func (t *Tally) Add(l *Line) {
	t.Domains++
	t.states[string(l.State)]++
	if l.Families != "" {
		t.families[l.Families]++
	}
	reported := map[string]bool{}
	for _, f := range l.Findings {
		t.Worst[f.Severity]++
		if !reported[f.Rule] {
			reported[f.Rule] = true
			t.rules[f.Rule]++
		}
	}
	_, known := t.providers[l.Provider]
	switch {
	case l.Provider == "":
	case known || len(t.providers) < maxProviders:
		t.providers[l.Provider]++
	default:
		t.others++
	}
}

// Unanswered is how many domains DNS gave no answer about.
func (t *Tally) Unanswered() int { return t.states[string(Unanswered)] }

// Write writes the counts as tables.
func (t *Tally) Write(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight|tabwriter.TabIndent)
	fmt.Fprintf(w, "domains\t%d\t\t\n", t.Domains)
	for _, table := range []struct {
		title  string
		counts map[string]int
		most   int
		others int
	}{
		{"state", t.states, maxShown, 0},
		{"families", t.families, maxShown, 0},
		{"rule", t.rules, len(t.rules), 0},
		{"provider", t.providers, maxShown, t.others},
	} {
		keys := slices.SortedFunc(maps.Keys(table.counts), func(a, b string) int {
			return cmp.Or(cmp.Compare(table.counts[b], table.counts[a]), cmp.Compare(a, b))
		})
		others := table.others
		for i, key := range keys {
			if i >= table.most {
				others += table.counts[key]
				continue
			}
			t.row(w, table.title, text.Line(key), table.counts[key]) // strangers name their hosts
		}
		if others > 0 {
			t.row(w, table.title, "others", others)
		}
	}
	return w.Flush()
}

func (t *Tally) row(w io.Writer, title, key string, n int) {
	fmt.Fprintf(w, "%s %s\t%d\t%.1f %%\t\n", title, key, n, 100*float64(n)/float64(max(t.Domains, 1)))
}
