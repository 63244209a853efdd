//go:build linux

package lab_test

// The table of what was seen: testdata/lab/RESULTS.md.

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/lab/RESULTS.md")

const resultsFile = "../../testdata/lab/RESULTS.md"

// dated begins the line of the table that says when and by what it was made.
const dated = "Seen on "

// checkResults holds the table against what was seen now, or writes it.
func (f *faultFarm) checkResults(t *testing.T, runs []*faultRun) {
	t.Helper()
	text := f.resultsTable(runs)
	if *update {
		if err := writeFile(resultsFile, text); err != nil {
			t.Fatal(err)
		}
		return
	}
	old, err := os.ReadFile(resultsFile)
	if err != nil {
		t.Fatal(err)
	}
	undated := func(text string) []string {
		return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return strings.HasPrefix(line, dated) })
	}
	want, got := undated(string(old)), undated(text)
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			t.Errorf("line %d of %s is not what was seen (-update writes it):\n%s\n%s", i+1, resultsFile, want[i], got[i])
		}
	}
	if len(want) != len(got) {
		t.Errorf("%s has %d lines, want %d (-update writes it)", resultsFile, len(want), len(got))
	}
}

func (f *faultFarm) resultsTable(runs []*faultRun) string {
	var b strings.Builder
	b.WriteString(`# What became of mail

Written by the laboratory: ` + "`MX46_E2E=1 go test ./lint/lab -run TestFaults -update`" + `, as root.
Real mail servers send to a domain with one MX host, which has the records of the first column, from behind real
resolvers. Each resolver has been asked for the host's AAAA records before, as other clients of it do.

"delivered": at the first attempt. "deferred": it stays in the queue, with 4xx. "bounced": it is returned at once, with 5xx.
Where mail servers differ, they are named. "sendmail*" has ` + "`WorkAroundBrokenAAAA`" + ` set, as Debian configures it; "sendmail" has not.

`)
	fmt.Fprintf(&b, "%s%s: %s.\n", dated, time.Now().UTC().Format(time.DateOnly), strings.Join(f.versions(), ", "))
	for i := range classes {
		c := &classes[i]
		fmt.Fprintf(&b, "\n## %s senders\n\n| MX host |", c.name)
		for _, r := range resolvers {
			fmt.Fprintf(&b, " %s |", r.kind)
		}
		b.WriteString("\n|---|" + strings.Repeat("---|", len(resolvers)) + "\n")
		for k := range f.cases {
			of := &f.cases[k]
			if !c.concerns(of) {
				continue
			}
			fmt.Fprintf(&b, "| %s |", of.name)
			for j := range resolvers {
				fmt.Fprintf(&b, " %s |", cell(runs, c, of, &resolvers[j]))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// cell is what all mail servers do in one case.
func cell(runs []*faultRun, c *class, f *faultCase, r *resolver) string {
	var ways []string
	by := map[string][]string{}
	for _, run := range runs {
		if run.class == c && run.label == f.label && run.resolver == r {
			if len(by[run.seen.how]) == 0 {
				ways = append(ways, run.seen.how)
			}
			by[run.seen.how] = append(by[run.seen.how], run.mailer.short())
		}
	}
	if len(ways) == 1 {
		return ways[0]
	}
	var parts []string
	for _, way := range ways {
		parts = append(parts, way+": "+strings.Join(by[way], ", "))
	}
	return strings.Join(parts, "; ")
}

// short is the name of the software in the table.
func (m *mailer) short() string {
	if m.word == "workaround" {
		return "sendmail*"
	}
	return m.name
}

var number = regexp.MustCompile(`\d+\.\d+[.0-9a-z]*`)

// versions names all software that has a part in what is seen.
func (f *faultFarm) versions() []string {
	commands := [][]string{{"Postfix", "postconf", "-d", "-h", "mail_version"}}
	for _, m := range mailers {
		inside := []string{"ip", "netns", "exec", f.senders()[0].namespace, m.path()} // where its users are known
		ask := map[string][]string{"exim": {"-bV"}, "sendmail": {"-d0.1", "-bt"}, "opensmtpd": {"-h"}}
		if args, ok := ask[m.word]; ok {
			commands = append(commands, slices.Concat([]string{m.name}, inside, args))
		}
	}
	for _, r := range resolvers {
		commands = append(commands, append([]string{r.kind.String()}, r.version...))
	}
	commands = append(commands, []string{"dnsdist", "dnsdist", "--version"}, []string{"NSD", "nsd", "-v"},
		[]string{"tayga", "dpkg-query", "-W", "tayga"})
	var list []string
	for _, c := range commands {
		out, _ := exec.Command(c[1], c[2:]...).CombinedOutput() // some say their version and that it was an error to ask
		list = append(list, c[0]+" "+string(number.Find(out)))
	}
	return list
}
