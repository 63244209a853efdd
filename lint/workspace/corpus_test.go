package workspace_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"mx46/lint"
	"mx46/lint/lock"
	"mx46/lint/mail"
	"mx46/lint/workspace"
	"mx46/rules"
	"mx46/testdata/corpus"
	"mx46/zonefiles"
)

// TestALockDecidesRealDomains counts, over repositories of zones as people publish them, the mail domains of whose MX
// hosts all families are known: without a lock, and with one of an invented world for the hosts outside.
func TestALockDecidesRealDomains(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(corpus.Folder(t), "real", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	columns := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "repository\tmail domains\tdecided without\twith the lock\thosts asked about")
	var total, before, after, hosts int
	for _, folder := range folders {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			continue
		}
		w, err := workspace.Open(workspace.Options{Root: folder, Paths: []string{folder}, Catalog: rules.All(), NoConfig: true})
		if err != nil {
			t.Fatal(err)
		}
		sources, err := w.Find(workspace.Selection{Folder: "."})
		if err == nil {
			err = w.Read(t.Context(), sources)
		}
		if err != nil {
			t.Fatalf("%s: %v", folder, err)
		}
		domains, decided := decidedDomains(t, w)
		outside, err := w.Outside(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		w.SetLock(invent(outside))
		_, with := decidedDomains(t, w)
		if domains > 0 {
			fmt.Fprintf(columns, "%s\t%d\t%d\t%d\t%d\n", filepath.Base(folder), domains, decided, with, len(outside))
		}
		total, before, after, hosts = total+domains, before+decided, after+with, hosts+len(outside)
		w.Close()
	}
	fmt.Fprintf(columns, "all\t%d\t%d\t%d\t%d\n", total, before, after, hosts)
	columns.Flush()
	t.Log("\n" + table.String())
	if total < 100 || after*100 < total*97 {
		t.Errorf("with a lock, %d of %d mail domains are decided, want 97 %%", after, total)
	}
}

// decidedDomains counts the mail domains with MX hosts, and those of which all hosts are known.
func decidedDomains(t *testing.T, w *workspace.Workspace) (domains, decided int) {
	t.Helper()
	count := func(_ *lint.Pass, d *mail.Domain) {
		if d.Implicit || d.HasNullMX() {
			return
		}
		domains++
		for _, m := range d.Machines() {
			if !m.IsKnown() {
				return
			}
		}
		decided++
	}
	run := lint.Run{
		Files: w.Files(), Views: w.Views(), Rules: []*lint.Rule{{Name: "count", Severity: lint.Note, Domain: count}}, Facts: w.Facts(), Jobs: 1,
	}
	if _, err := run.Lint(t.Context()); err != nil {
		t.Fatal(err)
	}
	return domains, decided
}

// invent makes up what DNS may say of hosts, always the same.
func invent(outside []workspace.Outside) *lock.Lock {
	lines := []string{"ipv4 ipv6", "ipv4 ipv6", "ipv4", "ipv4", "ipv4=private", "ipv6", "nxdomain", "nodata", "alias=mx.invented.example. ipv4 ipv6", "ipv4 ipv6 dns=ipv4"}
	var text strings.Builder
	text.WriteString("# mx46 hosts v1.\n")
	for _, host := range outside {
		h := fnv.New32a()
		h.Write([]byte(host.Name))
		fmt.Fprintf(&text, "%s %s\n", host.Name, lines[h.Sum32()%uint32(len(lines))])
	}
	file, err := (&zonefiles.FileSet{}).Add(lock.FileName, []byte(text.String()))
	if err != nil {
		return nil
	}
	invented, _ := lock.Parse(file)
	return lock.New(time.Time{}, invented.Hosts())
}
