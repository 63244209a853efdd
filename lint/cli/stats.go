package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"mx46/lint"
	"mx46/lint/text"
)

// clock measures the phases of a run.
type clock struct {
	last   time.Time
	phases []string
}

func startClock() clock { return clock{last: time.Now()} }

// phase ends a phase and begins the next.
func (c *clock) phase(name string) {
	now := time.Now()
	c.phases = append(c.phases, fmt.Sprintf("%s %s", name, now.Sub(c.last).Round(time.Millisecond)))
	c.last = now
}

// printStats tells on standard error what a report does not: how often each rule found something, which files were set aside and why,
// and how long it took.
func (w *workspace) printStats(stdio *Stdio, findings []lint.Finding) {
	table := tabwriter.NewWriter(stdio.Err, 0, 0, 2, ' ', 0)
	defer table.Flush()
	line := func(kind, what string) { fmt.Fprintf(table, "%s\t%s\n", kind, text.Line(what)) }
	counts := map[string]int{}
	for _, f := range findings {
		if f.Suppressed == "" {
			counts[f.Rule.Name]++
		}
	}
	names := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	for _, name := range names {
		line("rule", fmt.Sprintf("%s %d", name, counts[name]))
	}
	for _, aside := range w.setAside {
		line("set aside", fmt.Sprintf("%s: %s", w.shown(aside.Path), aside.Reason))
	}
	for _, kind := range slices.Sorted(maps.Keys(w.secondary)) {
		line("not primary", fmt.Sprintf("%s %d", kind, w.secondary[kind]))
	}
	for _, name := range w.unread {
		line("found", w.shown(name)+": a name server's configuration, which tells origins and views; give it as PATH to have it checked")
	}
	if w.ignored > 0 {
		line("ignored", fmt.Sprintf("%d files and folders that .gitignore names", w.ignored))
	}
	line("time", strings.Join(w.clock.phases, ", "))
}
