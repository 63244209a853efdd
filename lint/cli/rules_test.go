package cli

import (
	"strings"
	"testing"

	"mx46/rules"
)

func TestPagesFitTheTerminal(t *testing.T) {
	page := "# a-rule\n\nIt reports what is wrong,\nand no more.\n\n```zone bad\n@ MX 10 a-host-of-a-long-name\n\n@ A 192.0.2.1\n```\n\nThe end.\n"
	want := "# a-rule\n\nIt reports what is\nwrong, and no more.\n\n```zone bad\n@ MX 10 a-host-of-a-long-name\n\n@ A 192.0.2.1\n```\n\nThe end.\n"
	if got := fitPage(page, 20); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := fitPage(page, 0); got != page {
		t.Errorf("without a terminal the page is changed to\n%s", got)
	}
}

func TestListOfRulesFitsTheTerminal(t *testing.T) {
	stdio, out := fake(nil, 60)
	if err := printRules(stdio, rules.All()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) <= len(rules.All()) {
		t.Errorf("%d lines for %d rules: nothing is wrapped", len(lines), len(rules.All()))
	}
	for _, line := range lines {
		if len(line) > 60 || strings.HasSuffix(line, " ") {
			t.Errorf("%d columns: %q", len(line), line)
		}
	}
}
