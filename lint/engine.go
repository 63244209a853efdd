package lint

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// This file runs rules over zones: it distributes the work, collects findings, drops those that others explain, and
// sorts.

// Run is what is to be linted, and how.
type Run struct {
	Files *zonefiles.FileSet
	// Zones by view: the zones of one view are one graph, and no other view sees them.
	Views [][]*zonefiles.Zone
	// Problems are those of files other than zones, such as a name server's configuration.
	Problems []zonefiles.Problem
	Rules    []*Rule
	Catalog  []*Rule // every rule that exists, whether it runs or not: ignore comments may name any. nil: Rules
	// Settings gives what applies to a file, by its name, and to the zone in it if its origin is known; nil: the defaults.
	Settings func(file string, origin zonefiles.Name) *Settings
	Facts    mail.Facts
	Jobs     int // workers; 0: one for each CPU
	// NoIgnores runs as if there were no ignore comments.
	NoIgnores bool
	// MaxFindings is how many findings are kept, by each worker and in all; 0: as many as there are.
	MaxFindings int
}

// Result is what a run found. Findings are sorted by file, offset and rule.
type Result struct {
	Findings []Finding
	Summary  Summary
}

// Summary counts what was looked at, and what was not.
type Summary struct {
	Files       int // zone files and what they include
	Zones       int
	MailDomains int
	Records     int
	Withheld    int // findings that a part of a zone which could not be read may contradict
	OtherClass  int // records of classes other than IN
	NoOrigin    int // zones whose origin is not known
	SetAside    int // files that look like zones and are none, mostly templates
	Fixed       int // findings whose fix was made
	NotFixed    int // findings whose fix was asked for and not made
	Stale       int // findings of the baseline that no longer occur
	Unsynced    int // zone files that lack changes which a name server keeps in a journal
	NotPrimary  int // secondary and other zones of a name server's configuration that have their data from elsewhere
}

// ErrTooMany reports that a run found more than Run.MaxFindings.
var ErrTooMany = errors.New("there are too many findings")

// Lint runs the rules. The same input gives the same result, whatever the number of workers. The error is ErrTooMany,
// or the context's if that ends first.
func (run *Run) Lint(ctx context.Context) (Result, error) {
	all := collector{files: run.Files, limit: run.MaxFindings}
	tasks := run.plan()
	jobs := run.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	workers := make([]*worker, min(jobs, max(len(tasks), 1)))
	var next atomic.Int64
	var wait sync.WaitGroup
	for i := range workers {
		workers[i] = &worker{run: run, reader: mail.NewReader(&run.Facts), out: all}
		wait.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(tasks) || ctx.Err() != nil {
					return
				}
				if workers[i].do(&tasks[n]); workers[i].out.full {
					return
				}
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	for _, w := range workers {
		all.merge(&w.out)
	}
	run.reportProblems(&all)
	if all.full {
		return Result{}, ErrTooMany
	}
	findings, ok := run.settle(all.list())
	if !ok {
		return Result{}, ErrTooMany
	}
	return Result{Findings: findings, Summary: run.summary(&all)}, nil
}

// reportProblems reports Run.Problems.
func (run *Run) reportProblems(out *collector) {
	for i := range run.Problems {
		p := &run.Problems[i]
		settings := run.settingsOf(run.Files.File(p.Span.File).Name, zonefiles.Root)
		for _, rule := range run.Rules {
			if severity := settings.Severity(rule); severity != Off && slices.Contains(rule.Problems, p.Kind) {
				out.add(problemFinding(rule, severity, p))
			}
		}
	}
}

// problemFinding reports something that could not be read.
func problemFinding(rule *Rule, severity Severity, p *zonefiles.Problem) Finding {
	return Finding{
		Rule: rule, Severity: severity, Span: p.Span, Message: p.Message, Harm: p.Harm(), Help: p.Help,
	}
}

// task is a part of the work on one zone.
type task struct {
	source   *zonefiles.Zone
	zone     *dns.Zone // nil: only the file is looked at
	settings *Settings
	whole    bool             // run the rules on problems and zones
	from, to zonefiles.NameID // and those on owners and mail domains for these names
}

// ownersPerTask is small enough to divide one large zone evenly among workers, and so large that taking a task costs
// nothing next to doing it.
const ownersPerTask = 8192

func (run *Run) plan() []task {
	var tasks []task
	for _, zones := range run.Views {
		graph := dns.NewGraph(zones)
		inGraph := graph.Zones()
		for _, source := range zones {
			settings := run.settingsOf(source.Path, source.Origin)
			if !source.OriginKnown {
				tasks = append(tasks, task{source: source, settings: settings, whole: true})
				continue
			}
			zone := inGraph[0]
			inGraph = inGraph[1:]
			for from := 0; from < zone.Names.Len(); from += ownersPerTask {
				to := min(from+ownersPerTask, zone.Names.Len())
				whole := from == 0
				tasks = append(tasks, task{source, zone, settings, whole, zonefiles.NameID(from), zonefiles.NameID(to)})
			}
		}
	}
	return tasks
}

func (run *Run) settingsOf(file string, origin zonefiles.Name) *Settings {
	if run.Settings == nil {
		return &Settings{}
	}
	return run.Settings(file, origin)
}

// worker does one task after another and collects what they find.
type worker struct {
	run    *Run
	reader *mail.Reader
	out    collector
	passes []Pass
}

func (w *worker) do(t *task) {
	w.reader.Enter(t.zone, t.settings.Scope)
	w.passes = w.appendPasses(w.passes[:0], t, t.settings)
	if t.whole {
		w.whole(t)
	}
	if t.zone == nil {
		return
	}
	watch := w.watch(w.passes)
	mx := dns.SetOf(zonefiles.TypeMX)
	for owner := t.from; owner < t.to && !w.out.full; owner++ {
		types := t.zone.Types(owner)
		if types&watch.types != 0 {
			watch.owner(t.zone, owner)
		}
		if types&mx != 0 || owner == t.zone.Apex() {
			w.domain(t, owner, &watch)
		}
	}
}

// whole runs the rules on problems and zones.
func (w *worker) whole(t *task) {
	for i := range w.passes {
		pass := &w.passes[i]
		pass.reportProblems()
		if pass.rule.Zone != nil && t.zone != nil {
			pass.rule.Zone(pass)
		}
	}
}

// domain runs the rules on the mail domain of an owner, if it has one: the zone's rules, or those that the domain's own
// settings leave on.
func (w *worker) domain(t *task, owner zonefiles.NameID, zone *watch) {
	if t.settings.Domain != nil {
		if settings := t.settings.For(t.zone.Names.Name(owner)); settings != t.settings {
			own := w.watch(w.appendPasses(nil, t, settings))
			zone = &own
			w.reader.Enter(t.zone, settings.Scope)
			defer w.reader.Enter(t.zone, t.settings.Scope)
		}
	}
	domain, ok := w.reader.Read(owner)
	if !ok {
		return
	}
	w.out.mailDomains++
	passes := zone.domains
	if domain.Traits == 0 {
		passes = zone.every
	}
	for _, pass := range passes {
		if only := pass.rule.Only; only == 0 || domain.Traits&only != 0 {
			pass.rule.Domain(pass, domain)
		}
	}
}

// watch is the passes that look at single names.
type watch struct {
	types          dns.TypeSet // that owners look at
	owners         []*Pass
	domains, every []*Pass // those that look at mail domains, and among them those that look at every one
}

// owner runs the rules that look at a type which the owner has records of.
func (w *watch) owner(z *dns.Zone, owner zonefiles.NameID) {
	for _, pass := range w.owners {
		if z.Has(owner, pass.rule.Of) {
			pass.rule.Owner(pass, owner)
		}
	}
}

func (w *worker) watch(passes []Pass) (out watch) {
	for i := range passes {
		pass := &passes[i]
		if pass.rule.Owner != nil {
			out.owners = append(out.owners, pass)
			out.types |= dns.SetOf(pass.rule.Of)
		}
		if pass.rule.Domain != nil {
			out.domains = append(out.domains, pass)
			if pass.rule.Only == 0 {
				out.every = append(out.every, pass)
			}
		}
	}
	return out
}

// appendPasses makes a pass for each rule that the settings do not turn off.
func (w *worker) appendPasses(passes []Pass, t *task, settings *Settings) []Pass {
	for _, rule := range w.run.Rules {
		if severity := settings.Severity(rule); severity != Off {
			passes = append(passes, Pass{
				Source: t.source, Zone: t.zone, Facts: &w.run.Facts, Settings: settings,
				rule: rule, severity: severity, reader: w.reader, out: &w.out,
			})
			if t.zone != nil {
				passes[len(passes)-1].Graph = t.zone.Graph()
			}
		}
	}
	return passes
}

// collector gathers the findings of one worker. A finding about a host is made for each domain that uses it, and is
// kept once.
type collector struct {
	files       *zonefiles.FileSet
	found       map[findingKey]Finding
	limit       int  // of found; 0: none
	full        bool // there was one more
	withheld    int
	mailDomains int
}

// findingKey tells findings apart: one defect at one place is one finding, whichever domains, zones or views lead
// there.
type findingKey struct {
	rule    *Rule
	span    zonefiles.Span
	subject Subject
}

func (c *collector) add(f Finding) {
	if c.found == nil {
		c.found = map[findingKey]Finding{}
	}
	// Each reading of a $GENERATE makes its text anew.
	key := findingKey{f.Rule, c.files.OnDisk(f.Span), f.Subject}
	old, ok := c.found[key]
	switch {
	case !ok && c.limit > 0 && len(c.found) == c.limit:
		c.full = true
	case !ok || c.less(&f, &old):
		c.found[key] = f
	}
}

// less reports whether a is kept rather than b, of two findings of one defect: the choice must not depend on the
// order in which workers find them.
func (c *collector) less(a, b *Finding) bool {
	order := cmp.Or(
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.Zone, b.Zone),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.Harm, b.Harm),
		cmp.Compare(a.Help, b.Help),
		cmp.Compare(a.View, b.View),
		cmp.Compare(len(a.Related), len(b.Related)),
	)
	for i := 0; order == 0 && i < len(a.Related); i++ {
		x, y := a.Related[i], b.Related[i]
		order = cmp.Or(
			cmp.Compare(c.files.File(x.Span.File).Name, c.files.File(y.Span.File).Name),
			cmp.Compare(x.Span.Start, y.Span.Start),
			cmp.Compare(x.Message, y.Message),
		)
	}
	return order < 0
}

func (c *collector) merge(other *collector) {
	for _, f := range other.found {
		c.add(f)
	}
	c.full = c.full || other.full
	c.withheld += other.withheld
	c.mailDomains += other.mailDomains
}

func (c *collector) list() []Finding {
	list := make([]Finding, 0, len(c.found))
	for _, f := range c.found {
		list = append(list, f)
	}
	return list
}

// settle drops the findings that others explain, suppresses those that ignore comments name, and sorts them. It reports
// false where ignore comments cause too many.
func (run *Run) settle(findings []Finding) (settled []Finding, ok bool) {
	type about struct {
		view   string
		rule   string
		zone   zonefiles.Name
		owner  zonefiles.Name
		target string // empty for all
	}
	// The severities of the findings that explain others: one of low severity may be hidden where a graver one is not.
	explained := map[about]Severity{}
	for _, f := range findings {
		for _, name := range f.Rule.Subsumes {
			key := about{f.View, name, f.Zone, f.Subject.Owner, f.Subject.Target}
			explained[key] = max(explained[key], f.Severity)
		}
	}
	findings = slices.DeleteFunc(findings, func(f Finding) bool {
		key := about{f.View, f.Rule.Name, f.Zone, f.Subject.Owner, ""}
		whole := explained[key]
		key.target = f.Subject.Target
		return f.Severity <= max(whole, explained[key])
	})
	if !run.NoIgnores {
		if findings, ok = run.ignore(findings); !ok {
			return nil, false
		}
	}
	run.sort(findings)
	return findings, true
}

func (run *Run) sort(findings []Finding) {
	slices.SortFunc(findings, func(a, b Finding) int {
		x, y := run.Files.OnDisk(a.Span), run.Files.OnDisk(b.Span)
		return cmp.Or(
			cmp.Compare(run.Files.File(x.File).Name, run.Files.File(y.File).Name),
			cmp.Compare(x.Start, y.Start),
			cmp.Compare(x.End, y.End),
			cmp.Compare(a.Rule.Name, b.Rule.Name),
			cmp.Compare(a.Zone, b.Zone),
			cmp.Compare(a.Subject.Owner, b.Subject.Owner),
			cmp.Compare(a.Subject.Target, b.Subject.Target),
			cmp.Compare(a.Message, b.Message),
		)
	})
}

func (run *Run) summary(all *collector) Summary {
	s := Summary{Withheld: all.withheld, MailDomains: all.mailDomains}
	files := map[string]bool{}
	for _, zones := range run.Views {
		for _, z := range zones {
			files[z.Path] = true
			s.Zones++
			s.Records += z.Len()
			s.OtherClass += z.OtherClass
			if !z.OriginKnown {
				s.NoOrigin++
			}
			for _, include := range z.Includes {
				files[run.Files.File(include).Name] = true
			}
		}
	}
	for i := range run.Problems {
		files[run.Files.File(run.Problems[i].Span.File).Name] = true
	}
	s.Files = len(files)
	return s
}
