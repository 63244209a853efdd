package lint

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/observed"
	"mx46/lint/spf"
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
	Settings func(file, view string, origin zonefiles.Name) *Settings
	Facts    mail.Facts
	Observed map[zonefiles.Name]*observed.Zone // what was seen beside the records of zones, by origin
	Jobs     int                               // workers; 0: one for each CPU
	// NoIgnores runs as if there were no ignore comments.
	NoIgnores bool
	// MaxFindings is how many findings are kept, by each worker and in all; 0: as many as there are. One of more than
	// 1 KiB of text and places counts as several.
	MaxFindings int
	// Temporary makes a file for the findings that are too many for memory; nil: all stay there. They do, too, where no
	// file can be made or written.
	Temporary func() (Temporary, error)
	InMemory  int // findings that a worker may have before they go there; 0: spoolPart
}

// Result is what a run found. Findings are sorted by file, offset and rule.
type Result struct {
	Findings []Finding
	OnDisk   *OnDisk // in place of Findings, where they are too many for memory; the caller is to close it
	Summary  Summary
	Unjudged []Unjudged // the mail domains of Summary.NotJudged by the hosts that are not known, most first
	Unread   []string   // files that may hold a zone and are in no form that is read, sorted
}

// Summary counts what was looked at, and what was not.
type Summary struct {
	Files       int // zone files and what they include
	Zones       int
	MailDomains int
	Records     int
	NotJudged   int // mail domains whose fate hangs on MX hosts that nothing here knows
	Withheld    int // findings that a part of a zone which could not be read may contradict
	OtherClass  int // records of classes other than IN
	NoOrigin    int // zones whose origin is not known
	Copies      int // files of zones for which other files count
	Elsewhere   int // included files that only the name server has
	Snippets    int // files that are read as parts of others, and not as zones of their own
	Excluded    int // files that the configuration excludes
	Unread      int // files that may hold a zone and are in no form that is read
	Uncovered   int // zone files that no entry of zones in the configuration covers
	SetAside    int // files that look like zones and are none, such as backup copies
	Templates   int // zones of which a tool has yet to fill in some
	Fixed       int // findings whose fix was made
	NotFixed    int // findings whose fix was asked for and not made
	Stale       int // findings of the baseline that no longer occur
	Answers     int // of name servers, in place of files
	Unanswered  int // questions without an answer
	Unsynced    int // zone files that lack changes which a name server keeps in a journal
	NotPrimary  int // secondary and other zones of a name server's configuration that have their data from elsewhere

	// Findings that are not shown, since nobody asks for their severity.
	HiddenWarnings, HiddenNotes int
}

// ErrTooMany reports that a run found more than Run.MaxFindings.
var ErrTooMany = errors.New("there are too many findings")

// Lint runs the rules. The same input gives the same result, whatever the number of workers. The error is ErrTooMany,
// or the context's if that ends first.
func (run *Run) Lint(ctx context.Context) (Result, error) {
	s := run.Start()
	defer s.Close()
	s.do(ctx, run.plan())
	return s.End(ctx)
}

// Session is a run under way.
type Session struct {
	run     *Run
	workers []*worker

	spilling  sync.Mutex
	spool     *spool[weighed] // what workers had too many of
	isSpilled bool            // there was any
	uncounted int             // the weight of what came there since it was counted
	isFull    bool            // there are too many, or they cannot be read
	err       error           // why the session is full
}

// Start begins a run. Its Views may be filled in up to the end.
func (run *Run) Start() *Session { return &Session{run: run, spool: run.newSpool()} }

// Close removes what is on disk of a session; its result stays.
func (s *Session) Close() { s.spool.close() }

// each has workers do something n times, until the context ends.
func (s *Session) each(ctx context.Context, n int, do func(*worker, int)) {
	run, jobs := s.run, s.run.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	for jobs = min(jobs, max(n, 1)); len(s.workers) < jobs; {
		w := &worker{run: run, reader: mail.NewReader(&run.Facts), policies: spf.NewChecker(), out: run.newCollector()}
		s.workers = append(s.workers, w)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for _, w := range s.workers[:jobs] {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				do(w, i)
			}
		})
	}
	wait.Wait()
}

func (s *Session) do(ctx context.Context, tasks []task) {
	s.each(ctx, len(tasks), func(w *worker, i int) {
		w.do(&tasks[i])
		s.spill(w)
	})
}

func (run *Run) newCollector() collector { return collector{files: run.Files, limit: run.MaxFindings} }

// reportProblems reports Run.Problems.
func (run *Run) reportProblems(out *collector) {
	for i := range run.Problems {
		p := &run.Problems[i]
		settings := run.settingsOf(run.Files.File(p.Span.File).Name, "", zonefiles.Root)
		for _, rule := range run.Rules {
			if severity := settings.Severity(rule); severity != Off && slices.Contains(rule.Problems, p.Kind) {
				f := problemFinding(rule, severity, p)
				out.add(&f)
			}
		}
	}
}

// problemFinding reports something that could not be read.
func problemFinding(rule *Rule, severity Severity, p *zonefiles.Problem) Finding {
	if p.Kind == zonefiles.OtherFormatProblem {
		severity = min(severity, Note)
	}
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
			if !source.OriginKnown {
				settings := run.settingsOf(source.Path, source.View, source.Origin)
				tasks = append(tasks, task{source: source, settings: settings, whole: true})
				continue
			}
			tasks = run.appendTasks(tasks, inGraph[0])
			inGraph = inGraph[1:]
		}
	}
	return tasks
}

// appendTasks adds the work on a zone.
func (run *Run) appendTasks(tasks []task, zone *dns.Zone) []task {
	settings := run.settingsOf(zone.Path, zone.View, zone.Origin)
	for from := 0; from < zone.Names.Len(); from += ownersPerTask {
		to := min(from+ownersPerTask, zone.Names.Len())
		whole := from == 0
		tasks = append(tasks, task{zone.Zone, zone, settings, whole, zonefiles.NameID(from), zonefiles.NameID(to)})
	}
	return tasks
}

func (run *Run) settingsOf(file, view string, origin zonefiles.Name) *Settings {
	if run.Settings == nil {
		return &Settings{}
	}
	return run.Settings(file, view, origin)
}

// worker does one task after another and collects what they find.
type worker struct {
	run      *Run
	reader   *mail.Reader
	policies *spf.Checker
	out      collector

	zone watch // of the task
	own  watch // of its last mail domain with settings of its own
}

func (w *worker) do(t *task) {
	if w.out.full {
		return
	}
	w.reader.Enter(t.zone, t.settings.Scope)
	if t.zone != nil {
		w.policies.Enter(t.zone.Graph(), t.zone)
	}
	w.turn(&w.zone, t, t.settings)
	w.own.Source = nil
	if t.whole {
		w.whole(t)
	}
	if t.zone == nil {
		return
	}
	watch := &w.zone
	mx := dns.SetOf(zonefiles.TypeMX)
	for owner := t.from; owner < t.to && !w.out.full; owner++ {
		types := t.zone.Types(owner)
		if types&watch.types != 0 {
			watch.owner(t.zone, owner, types)
		}
		if types&mx != 0 || owner == t.zone.Apex() {
			w.domain(t, owner, watch)
		}
	}
}

// whole runs the rules on problems and zones.
func (w *worker) whole(t *task) {
	for i := range w.zone.passes {
		pass := &w.zone.passes[i]
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
			if w.own.Source == nil || settings != w.own.Settings { // many domains have the same
				w.turn(&w.own, t, settings)
			}
			zone = &w.own
			w.reader.Enter(t.zone, settings.Scope)
			defer w.reader.Enter(t.zone, t.settings.Scope)
		}
	}
	domain, ok := w.reader.Read(owner)
	if !ok {
		return
	}
	w.out.mailDomains++
	w.out.countUnjudged(domain)
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

// watch is the passes of one task after another.
type watch struct {
	Stage
	passes         []Pass
	types          dns.TypeSet // that owners look at
	owners         []ownerPass // those that look at owners
	domains, every []*Pass     // those that look at mail domains, and among them those that look at every one
}

// ownerPass is a pass that looks at owners of records of a type, in the set.
type ownerPass struct {
	*Pass
	types dns.TypeSet
}

// owner runs the rules that look at a type which the owner has records of.
func (w *watch) owner(z *dns.Zone, owner zonefiles.NameID, types dns.TypeSet) {
	rare := dns.SetOf(0) // of types that cannot be told apart
	for _, pass := range w.owners {
		if types&pass.types != 0 && (pass.types != rare || z.Has(owner, pass.rule.Of)) {
			pass.rule.Owner(pass.Pass, owner)
		}
	}
}

// turn makes a watch that of a task, or of mail domains in it, under settings.
func (w *worker) turn(watch *watch, t *task, settings *Settings) {
	isSame := settings == watch.Settings // as for most zones
	watch.Stage = Stage{
		Source: t.source, Zone: t.zone, Facts: &w.run.Facts, Settings: settings,
		Observed: w.run.Observed[t.source.Origin], reader: w.reader, policies: w.policies, out: &w.out,
	}
	if t.zone != nil {
		watch.Graph = t.zone.Graph()
	}
	if !isSame {
		watch.choose(w.run.Rules)
	}
	for i := range watch.passes {
		watch.passes[i].meetNone()
	}
}

// choose makes a pass for each rule that the settings do not turn off.
func (w *watch) choose(rules []*Rule) {
	w.passes = w.passes[:0]
	for _, rule := range rules {
		if severity := w.Settings.Severity(rule); severity != Off {
			w.passes = append(w.passes, Pass{Stage: &w.Stage, rule: rule, severity: severity})
		}
	}
	w.types, w.owners, w.domains, w.every = 0, w.owners[:0], w.domains[:0], w.every[:0]
	for i := range w.passes {
		pass := &w.passes[i]
		if pass.rule.Owner != nil {
			w.owners = append(w.owners, ownerPass{pass, dns.SetOf(pass.rule.Of)})
			w.types |= dns.SetOf(pass.rule.Of)
		}
		if pass.rule.Domain != nil {
			w.domains = append(w.domains, pass)
			if pass.rule.Only == 0 {
				w.every = append(w.every, pass)
			}
		}
	}
}

// explanations are the severities of the findings about one owner that explain others: one of low severity may be
// hidden where a graver one is not.
type explanations map[explained]Severity

// explained is what a finding explains.
type explained struct {
	view   string
	rule   string
	zone   zonefiles.Name
	target string // empty for all
}

// without leaves out the findings that others of the same zone explain. All are about one owner.
func (e *explanations) without(findings []weighed) []weighed {
	if len(findings) == 1 {
		return findings // nearly always
	}
	if *e == nil || len(*e) > maxReused {
		*e = explanations{}
	}
	clear(*e)
	explain := func(f weighed, rule, target string) {
		key := explained{f.View, rule, f.Zone, target}
		(*e)[key] = max((*e)[key], f.Severity)
	}
	for _, f := range findings {
		for _, rule := range f.Rule.Subsumes {
			explain(f, rule, f.Subject.Target)
			for _, target := range f.Targets {
				explain(f, rule, target)
			}
		}
	}
	if len(*e) == 0 {
		return findings
	}
	return slices.DeleteFunc(findings, func(f weighed) bool {
		key := explained{f.View, f.Rule.Name, f.Zone, ""}
		whole := (*e)[key]
		key.target = f.Subject.Target
		return f.Severity <= max(whole, (*e)[key])
	})
}

func (run *Run) summary(all *collector) Summary {
	s := Summary{Withheld: all.withheld, MailDomains: all.mailDomains}
	for _, n := range all.unjudged {
		s.NotJudged += n
	}
	files := map[string]bool{}
	for _, zones := range run.Views {
		for _, z := range zones {
			s.Zones++
			s.Records += z.Len()
			s.OtherClass += z.OtherClass
			if !z.OriginKnown {
				s.NoOrigin++
			}
			if z.IsObserved() {
				continue
			}
			files[z.Path] = true
			if z.IsTemplate {
				s.Templates++
			}
			for _, include := range z.Includes {
				files[run.Files.File(include).Name] = true
			}
		}
	}
	for i := range run.Problems {
		if run.Problems[i].Kind != zonefiles.UnusedProblem {
			files[run.Files.File(run.Problems[i].Span.File).Name] = true
		}
	}
	s.Files = len(files)
	return s
}
