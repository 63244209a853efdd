package workspace_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/lock"
	"mx46/lint/mail"
	"mx46/lint/trace"
	"mx46/lint/workspace"
	"mx46/rules"
	"mx46/testdata/corpus"
	"mx46/zonefiles"
)

// TestALockDecidesRealDomains counts, over repositories of zones as people publish them, the mail domains on which mx46
// trace is definite: without a configuration, and with a lock of an invented world for the hosts outside. It prints why
// the others are not.
func TestALockDecidesRealDomains(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(corpus.Folder(t), "real", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	columns := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "repository\tmail domains\tdefinite\tpartial\tunknown\twith a lock\thosts asked about\t")
	known := map[string]map[zonefiles.Name]bool{} // the mail domains that there are, by folder
	for _, row := range corpus.Rows(t, corpus.Folder(t), "real/MX_ORACLE.tsv") {
		folder := strings.Split(row["path"], "/")[1]
		if known[folder] == nil {
			known[folder] = map[zonefiles.Name]bool{}
		}
		known[folder][zonefiles.MustName(row["mx_owner"])] = true
	}
	var all, locked verdicts
	hosts, there, read, definite := 0, 0, 0, 0
	for _, folder := range folders {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			continue
		}
		w, err := workspace.Open(workspace.Options{Root: folder, Paths: []string{folder}, Catalog: rules.All(), NoConfig: true, NoLock: true})
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
		without := verdictsOf(t, w)
		for name := range known[filepath.Base(folder)] {
			if there++; without.names[name] {
				read++
			}
			if world, _, err := w.World(name, ""); err == nil && undecided(t, world, name) == 0 {
				definite++
			}
		}
		outside, err := w.Outside(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		w.SetLock(invent(outside))
		with := verdictsOf(t, w)
		if without.domains > 0 {
			without.row(columns, filepath.Base(folder), with.definite, len(outside))
		}
		all.add(&without)
		locked.add(&with)
		hosts += len(outside)
		w.Close()
	}
	all.row(columns, "all", locked.definite, hosts)
	columns.Flush()
	t.Logf("\n%sof the %d mail domains of MX_ORACLE.tsv %d were read, and %d are definite without a lock\nwithout a lock not definite because of a host %s\nwith one %s", table.String(), there, read, definite, all.why(), locked.why())
	if definite < 68 {
		t.Errorf("of %d mail domains of MX_ORACLE.tsv %d are definite without a lock, want 68", there, definite)
	}
	if all.domains < 100 || locked.definite*100 < locked.domains*97 {
		t.Errorf("of %d mail domains %d are definite with a lock, want 97 %%", all.domains, locked.definite)
	}
}

// verdicts counts mail domains by what mx46 trace says of them.
type verdicts struct {
	domains, definite, partial, unknown int
	names                               map[zonefiles.Name]bool
	reasons                             map[string]int // of those that are not definite
}

// undecided counts the kinds of senders for whom mx46 trace is undecided; -1 stands for all.
func undecided(t *testing.T, world *trace.World, domain zonefiles.Name) (senders int) {
	t.Helper()
	r, err := world.Ask(trace.Question{Domain: domain})
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range r.Ways {
		if slices.ContainsFunc(way.Outcomes, func(o delivery.Outcome) bool { return o.Kind == delivery.Undecided }) {
			senders++
		}
	}
	if senders == len(r.Ways) {
		return -1
	}
	return senders
}

// verdictsOf asks about each mail domain with MX hosts.
func verdictsOf(t *testing.T, w *workspace.Workspace) (v verdicts) {
	t.Helper()
	v.reasons = map[string]int{}
	v.names = map[zonefiles.Name]bool{}
	look := func(p *lint.Pass, d *mail.Domain) {
		if d.Implicit || d.HasNullMX() {
			return
		}
		world, zone, err := w.World(d.Name(), p.Source.View)
		if err != nil {
			t.Errorf("%s: %v", p.Source.Path, err)
			return
		}
		undecided := undecided(t, world, d.Name())
		v.names[d.Name()] = true
		v.domains++
		if isSame := zone.Path == p.Source.Path; isSame && d.IsUndecided() != (undecided != 0) {
			t.Errorf("%s: lint judges it: %v; trace is undecided about %d senders", d.Name(), !d.IsUndecided(), undecided)
		}
		switch undecided {
		case 0:
			v.definite++
			return
		case -1:
			v.unknown++
		default:
			v.partial++
		}
		found := p.Resolve(d.FirstUnknown())
		switch {
		case found.A.Uncertain || found.AAAA.Uncertain:
			v.reasons["in a zone of which a part was not read"]++
		case found.A.Status == dns.Referral:
			v.reasons["below a cut"]++
		case found.A.Status == dns.Ambiguous:
			v.reasons["of which several files say different things"]++
		default:
			v.reasons["outside the zones"]++
		}
	}
	run := lint.Run{
		Files: w.Files(), Views: w.Views(), Rules: []*lint.Rule{{Name: "look", Severity: lint.Note, Domain: look}}, Facts: w.Facts(), Jobs: 1,
	}
	if _, err := run.Lint(t.Context()); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *verdicts) add(more *verdicts) {
	v.domains, v.definite = v.domains+more.domains, v.definite+more.definite
	v.partial, v.unknown = v.partial+more.partial, v.unknown+more.unknown
	if v.reasons == nil {
		v.reasons = map[string]int{}
	}
	for reason, n := range more.reasons {
		v.reasons[reason] += n
	}
}

func (v *verdicts) row(w io.Writer, name string, locked, hosts int) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, v.domains, v.definite, v.partial, v.unknown, locked, hosts)
}

// why is the reasons with their numbers.
func (v *verdicts) why() string {
	var list []string
	for _, reason := range slices.Sorted(maps.Keys(v.reasons)) {
		list = append(list, fmt.Sprintf("%s: %d", reason, v.reasons[reason]))
	}
	return strings.Join(list, "; ")
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
