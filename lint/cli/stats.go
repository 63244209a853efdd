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
	"mx46/lint/workspace"
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

// printStats prints on standard error what a report does not say: findings by rule, files set aside, and times.
func printStats(stdio *Stdio, w *workspace.Workspace, findings []lint.Finding, c clock) {
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
	unchecked := w.Unchecked()
	for _, aside := range unchecked.SetAside {
		line("set aside", fmt.Sprintf("%s: %s", w.Shown(aside.Path), aside.Reason))
	}
	copies := w.Copies()
	for i := range copies {
		line("copies", copies[i].String())
	}
	for _, path := range w.Elsewhere(nil) {
		line("elsewhere", path+": included, and only the server has it")
	}
	for _, kind := range slices.Sorted(maps.Keys(unchecked.Secondary)) {
		line("not primary", fmt.Sprintf("%s %d", kind, unchecked.Secondary[kind]))
	}
	for _, name := range unchecked.Configs {
		line("found", w.Shown(name)+
			": a name server's configuration, read for origins and views; give it as PATH to have it checked")
	}
	if unchecked.Ignored > 0 {
		line("ignored", fmt.Sprintf("%d files and folders that .gitignore names", unchecked.Ignored))
	}
	line("time", strings.Join(c.phases, ", "))
}
