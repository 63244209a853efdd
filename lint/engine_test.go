package lint_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// calls collects what rules are called for, by kind of call.
type calls struct {
	mu    sync.Mutex
	names map[string][]string
}

func (c *calls) add(kind string, name zonefiles.Name) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.names == nil {
		c.names = map[string][]string{}
	}
	c.names[kind] = append(c.names[kind], name.String())
}

// check wants calls for names, separated by blanks, in any order.
func (c *calls) check(t *testing.T, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for kind, names := range c.names {
		slices.Sort(names)
		got[kind] = strings.Join(names, " ")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestRulesAreCalledForWhatTheyLookAt(t *testing.T) {
	var c calls
	owners := func(typ zonefiles.Type) *lint.Rule {
		return &lint.Rule{
			Name: "owner-of-" + typ.String(), Severity: lint.Note, Of: typ,
			Owner: func(p *lint.Pass, owner zonefiles.NameID) { c.add("owner of "+typ.String(), p.Zone.Names.Name(owner)) },
		}
	}
	run := newRun(
		t, `
-- example.org.zone --
@       MX  10 mx
mx      A   192.0.32.1
mx      A   192.0.32.2
www     MX  10 mx
sub     NS  ns.sub
ns.sub  A   192.0.32.3
        MX  10 mx
_x._tcp SRV 0 0 25 mx
caa     CAA 0 issue "x"
-- implicit.example.zone --
@       A   192.0.32.4
www     A   192.0.32.5
-- lost --
$TTL 3600
www     MX  10 mx
`,
		&lint.Rule{Name: "zone", Severity: lint.Note, Zone: func(p *lint.Pass) { c.add("zone", p.Zone.Origin) }},
		&lint.Rule{
			Name: "domain", Severity: lint.Note,
			Domain: func(_ *lint.Pass, d *mail.Domain) { c.add("domain", d.Name()) },
		},
		&lint.Rule{Name: "nothing", Severity: lint.Note},
		owners(zonefiles.TypeA), owners(zonefiles.TypeMX), owners(zonefiles.TypeSRV),
	)
	result := lintAll(t, run)
	c.check(t, map[string]string{
		"zone":        "example.org. implicit.example.",
		"domain":      "example.org. implicit.example. www.example.org.",
		"owner of A":  "implicit.example. mx.example.org. ns.sub.example.org. www.implicit.example.",
		"owner of MX": "example.org. ns.sub.example.org. www.example.org.",
		// The graph does not tell this type from others.
		"owner of SRV": "_x._tcp.example.org.",
	})
	want := lint.Summary{Files: 3, Zones: 3, MailDomains: 3, Records: 16, NoOrigin: 1}
	if result.Summary != want {
		t.Errorf("the summary is %+v, want %+v", result.Summary, want)
	}
}

// TestOnlyLetsRulesSeeDomainsWithATrait runs rules with and without Only over a domain that is well and two that are
// not.
func TestOnlyLetsRulesSeeDomainsWithATrait(t *testing.T) {
	var c calls
	domains := func(name string, only mail.Trait) *lint.Rule {
		return &lint.Rule{
			Name: name, Severity: lint.Note, Only: only,
			Domain: func(_ *lint.Pass, d *mail.Domain) { c.add(name, d.Name()) },
		}
	}
	run := newRun(
		t, `
-- example.org.zone --
@    MX 10 mx
null MX 0 .
dead MX 10 nowhere
mx   A 192.0.32.1
     AAAA 2620:0:2d0::1
`,
		domains("every", 0), domains("null", mail.NullMX), domains("dead", mail.DeadTarget),
		domains("either", mail.NullMX|mail.DeadTarget),
	)
	lintAll(t, run)
	c.check(t, map[string]string{
		"every":  "dead.example.org. example.org. null.example.org.",
		"null":   "null.example.org.",
		"dead":   "dead.example.org.",
		"either": "dead.example.org. null.example.org.",
	})
}

// finding is a rule that reports each zone's MX records as one defect of a subject.
func finding(name string, severity lint.Severity, owner, target string, subsumes ...string) *lint.Rule {
	return &lint.Rule{
		Name: name, Severity: severity, Subsumes: subsumes, Of: zonefiles.TypeMX,
		Owner: func(p *lint.Pass, id zonefiles.NameID) {
			f := at(p.Zone.RRset(id, zonefiles.TypeMX).At(0))
			f.Subject = lint.Subject{Owner: zonefiles.MustName(owner), Target: target}
			p.Report(f)
		},
	}
}

// namesOf are the rules of findings, in their order.
func namesOf(findings []lint.Finding) string {
	var names []string
	for _, f := range findings {
		names = append(names, f.Rule.Name)
	}
	return strings.Join(names, " ")
}

func TestAFindingThatAnotherExplainsIsDropped(t *testing.T) {
	const owner, mx = "example.org.", "mx"
	for _, test := range []struct {
		name  string
		rules []*lint.Rule
		left  string // the rules whose findings are left
	}{
		{
			"of the same owner and target",
			[]*lint.Rule{finding("cause", lint.Error, owner, mx, "effect"), finding("effect", lint.Error, owner, mx)},
			"cause",
		},
		{
			"not of another target",
			[]*lint.Rule{finding("cause", lint.Error, owner, "mx1", "effect"), finding("effect", lint.Error, owner, "mx2")},
			"cause effect",
		},
		{
			"not of another owner",
			[]*lint.Rule{finding("cause", lint.Error, "example.com.", mx, "effect"), finding("effect", lint.Error, owner, mx)},
			"cause effect",
		},
		{
			"of any target, where the cause is about the whole owner",
			[]*lint.Rule{finding("cause", lint.Error, owner, "", "effect"), finding("effect", lint.Error, owner, mx)},
			"cause",
		},
		{
			"not of the whole owner, where the cause is about one target",
			[]*lint.Rule{finding("cause", lint.Error, owner, mx, "effect"), finding("effect", lint.Error, owner, "")},
			"cause effect",
		},
		{
			"of a lower severity",
			[]*lint.Rule{finding("cause", lint.Error, owner, mx, "effect"), finding("effect", lint.Note, owner, mx)},
			"cause",
		},
		{
			"not of a higher severity, which may be shown where the cause is not",
			[]*lint.Rule{finding("cause", lint.Note, owner, mx, "effect"), finding("effect", lint.Error, owner, mx)},
			"cause effect",
		},
		{
			"of a severity between those of two causes",
			[]*lint.Rule{
				finding("grave", lint.Error, owner, mx, "effect"), finding("mild", lint.Note, owner, mx, "effect"),
				finding("effect", lint.Warning, owner, mx),
			},
			"grave mild",
		},
		{
			"also where the cause is dropped too",
			[]*lint.Rule{
				finding("root", lint.Error, owner, mx, "cause"), finding("cause", lint.Error, owner, mx, "effect"),
				finding("effect", lint.Error, owner, mx),
			},
			"root",
		},
		{
			"but not without being subsumed",
			[]*lint.Rule{finding("one", lint.Error, owner, mx), finding("two", lint.Error, owner, mx)},
			"one two",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 {
				run := newRun(t, "-- example.org.zone --\n@ MX 10 mx\n", test.rules...)
				if got := namesOf(lintAll(t, run).Findings); got != test.left {
					t.Errorf("what is left is of %q, want %q", got, test.left)
				}
				slices.Reverse(test.rules) // the order of the catalogue means nothing
			}
		})
	}
}

// TestZonesAndViewsExplainNothingOfOneAnother has the cause in one zone, or view, and the effect in another.
func TestZonesAndViewsExplainNothingOfOneAnother(t *testing.T) {
	in := func(r *lint.Rule, file string) *lint.Rule {
		of := *r
		of.Owner = func(p *lint.Pass, id zonefiles.NameID) {
			if p.Source.Path == file {
				r.Owner(p, id)
			}
		}
		return &of
	}
	cause := finding("cause", lint.Error, "example.org.", "", "effect")
	effect := finding("effect", lint.Error, "example.org.", "mx")
	const first, otherZone, otherView = "a/example.org.zone", "b/example.net.zone", "b/example.org.zone"
	const archive = "-- a/example.org.zone --\n@ MX 10 mx\n-- %s --\n@ MX 10 mx\n"
	const left = "cause effect"

	run := newRun(t, fmt.Sprintf(archive, otherZone), in(cause, first), in(effect, otherZone))
	if got := namesOf(lintAll(t, run).Findings); got != left {
		t.Errorf("across zones: what is left is of %q, want %q", got, left)
	}

	run = newRun(t, fmt.Sprintf(archive, otherView), in(cause, first), in(effect, otherView))
	zones := run.Views[0]
	zones[0].View, zones[1].View = "inside", "outside"
	run.Views = [][]*zonefiles.Zone{zones[:1], zones[1:]}
	if got := namesOf(lintAll(t, run).Findings); got != left {
		t.Errorf("across views: what is left is of %q, want %q", got, left)
	}

	run.Rules = []*lint.Rule{cause, effect}
	if got := namesOf(lintAll(t, run).Findings); got != "cause cause" {
		t.Errorf("within each view: what is left is of %q, want the causes", got)
	}
}

// TestOneDefectIsOneFinding lints one file as a zone of two views, in one of which the defect is worse.
func TestOneDefectIsOneFinding(t *testing.T) {
	worseOutside := &lint.Rule{
		Name: "toy", Severity: lint.Error, Of: zonefiles.TypeMX,
		Owner: func(p *lint.Pass, owner zonefiles.NameID) {
			f := at(p.Zone.RRset(owner, zonefiles.TypeMX).At(0))
			if p.Source.View != "outside" {
				f.Severity = lint.Warning
			}
			p.Report(f)
		},
	}
	run := newRun(t, "-- example.org.zone --\n@ MX 10 mx\nwww MX 10 mx\n", worseOutside)
	zone := run.Views[0][0]
	other := *zone
	zone.View, other.View = "inside", "outside"
	run.Views = [][]*zonefiles.Zone{{zone}, {&other}}
	result := check(t, run, `
		example.org.zone:1 error toy example.org. -> 10 mx.example.org.
		example.org.zone:2 error toy www.example.org. -> 10 mx.example.org.
	`)
	for _, f := range result.Findings {
		if f.View != "outside" {
			t.Errorf("a finding is that of view %q, want the graver one", f.View)
		}
	}
}

// TestAGeneratedRecordIsOneDefectHoweverOftenItIsRead reads a file twice, and so has two texts of its directive.
func TestAGeneratedRecordIsOneDefectHoweverOftenItIsRead(t *testing.T) {
	loader := zonefiles.NewLoader(nil)
	file, err := loader.Files.Add("example.org.zone", []byte(head+"$GENERATE 1-2 a$ MX \"10 mx\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	origin := zonefiles.MustName("example.org.")
	once, again := loader.Parse(file, &origin), loader.Parse(file, &origin)
	check(t, &lint.Run{Files: loader.Files, Views: [][]*zonefiles.Zone{{once}, {again}}, Rules: []*lint.Rule{
		ofType("mx", lint.Warning, zonefiles.TypeMX),
	}}, `
		example.org.zone:1 warning mx a1.example.org. -> 10 mx.example.org.
		example.org.zone:1 warning mx a2.example.org. -> 10 mx.example.org.
	`)
}

// TestFindingsAreSorted by file, place in it, and rule.
func TestFindingsAreSorted(t *testing.T) {
	check(t, newRun(
		t, "-- z.example.zone --\n@ MX 10 b\n@ MX 10 a\n-- a.example.zone --\n@ MX 10 b\n",
		mxOfDomain("two", lint.Error), mxOfDomain("one", lint.Note), ofType("three", lint.Warning, zonefiles.TypeMX),
	), `
		a.example.zone:1 note one a.example. -> 10 b.a.example.
		a.example.zone:1 warning three a.example. -> 10 b.a.example.
		a.example.zone:1 error two a.example. -> 10 b.a.example.
		z.example.zone:1 note one z.example. -> 10 b.z.example.
		z.example.zone:1 warning three z.example. -> 10 b.z.example.
		z.example.zone:1 error two z.example. -> 10 b.z.example.
		z.example.zone:2 note one z.example. -> 10 a.z.example.
		z.example.zone:2 warning three z.example. -> 10 a.z.example.
		z.example.zone:2 error two z.example. -> 10 a.z.example.
	`)
}

func TestMoreThanMaxFindingsAreNone(t *testing.T) {
	const archive = "-- example.org.zone --\n@ MX 10 a\n@ MX 10 b\n@ MX 10 c\n-- example.net.zone --\n@ MX 10 a\n"
	for most, tooMany := range map[int]bool{0: false, 4: false, 3: true, 1: true} {
		for _, jobs := range []int{1, 2} {
			run := newRun(t, archive, mxOfDomain("toy", lint.Note))
			run.MaxFindings, run.Jobs = most, jobs
			result, err := run.Lint(t.Context())
			want := map[bool]int{false: 4, true: 0}[tooMany]
			if errors.Is(err, lint.ErrTooMany) != tooMany || len(result.Findings) != want {
				t.Errorf("at most %d, %d jobs: %d findings (%v), want %d", most, jobs, len(result.Findings), err, want)
			}
		}
	}
}

func TestALintThatIsCancelledFindsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var c calls
	run := newRun(
		t, "-- a.example.zone --\n@ MX 10 a\n-- b.example.zone --\n@ MX 10 a\n-- c.example.zone --\n@ MX 10 a\n",
		&lint.Rule{Name: "cancel", Severity: lint.Note, Zone: func(p *lint.Pass) {
			c.add("zone", p.Zone.Origin)
			if p.Zone.Origin == zonefiles.MustName("b.example.") {
				cancel()
			}
		}},
		mxOfDomain("toy", lint.Note),
	)
	run.Jobs = 1
	if result, err := run.Lint(ctx); !errors.Is(err, context.Canceled) || len(result.Findings) > 0 {
		t.Errorf("%d findings, error %v", len(result.Findings), err)
	}
	c.check(t, map[string]string{"zone": "a.example. b.example."})
}

// TestProblemsThatAreNoZones reports what cannot be read of a zone, and of a file that is none.
func TestProblemsThatAreNoZones(t *testing.T) {
	run := newRun(
		t, "-- example.org.zone --\n@ MX mx\n-- lost --\n$TTL 3600\n@ MX 1 a\n-- named.conf --\noptions {\n",
		problemsOfFile("file", lint.Error),
		&lint.Rule{Name: "conf", Severity: lint.Warning, Problems: []zonefiles.ProblemKind{zonefiles.ConfigurationProblem}},
	)
	at := zonefiles.Span{File: 2, Start: 0, End: 7}
	run.Problems = []zonefiles.Problem{{Kind: zonefiles.ConfigurationProblem, Span: at, Message: "options is not closed"}}
	result := check(t, run, `
		example.org.zone:1 error file example.org.: MX preference mx is not a number up to 65535; MX takes preference and target
		lost:1 error file -> lost: the zone's origin is not known, so its names mean nothing
		named.conf:1 warning conf: options is not closed
	`)
	if result.Summary.Files != 3 || result.Summary.Zones != 2 {
		t.Errorf("%d files and %d zones, want 3 and 2", result.Summary.Files, result.Summary.Zones)
	}
	run.Settings = func(file, _ string, _ zonefiles.Name) *lint.Settings {
		conf := lint.Off
		if file == "named.conf" {
			conf = lint.Note
		}
		return &lint.Settings{Severities: map[string]lint.Severity{"file": lint.Off, "conf": conf}}
	}
	check(t, run, "named.conf:1 note conf: options is not closed")
}

func TestSettingsOfAZoneAndItsDomains(t *testing.T) {
	run := newRun(
		t, `
-- example.org.zone --
@    MX 10 a
www  MX 10 a
off  MX 10 a
-- example.net.zone --
@    MX 10 a
`,
		mxOfDomain("toy", lint.Warning), ofType("owner", lint.Warning, zonefiles.TypeMX), mxOfDomain("raised", lint.Off),
	)
	type severities = map[string]lint.Severity
	www := &lint.Settings{Severities: severities{"toy": lint.Error, "owner": lint.Error, "raised": lint.Note}}
	off := &lint.Settings{Severities: severities{"toy": lint.Off}}
	run.Settings = func(file, _ string, origin zonefiles.Name) *lint.Settings {
		if file != "example.org.zone" || origin != zonefiles.MustName("example.org.") {
			return &lint.Settings{Severities: map[string]lint.Severity{"owner": lint.Off}}
		}
		return &lint.Settings{Domain: func(domain zonefiles.Name) *lint.Settings {
			return map[string]*lint.Settings{"www.example.org.": www, "off.example.org.": off}[domain.String()]
		}}
	}
	// What a domain has of its own holds for rules on domains alone.
	check(t, run, `
		example.net.zone:1 warning toy example.net. -> 10 a.example.net.
		example.org.zone:1 warning owner example.org. -> 10 a.example.org.
		example.org.zone:1 warning toy example.org. -> 10 a.example.org.
		example.org.zone:2 warning owner www.example.org. -> 10 a.example.org.
		example.org.zone:2 note raised www.example.org. -> 10 a.example.org.
		example.org.zone:2 error toy www.example.org. -> 10 a.example.org.
		example.org.zone:3 warning owner off.example.org. -> 10 a.example.org.
	`)
}

// TestScopeIsTheZonesForOwnersAndTheDomainsForDomains asks for the families of a host with a private address, after a
// domain within the site.
func TestScopeIsTheZonesForOwnersAndTheDomainsForDomains(t *testing.T) {
	var c calls
	families := func(p *lint.Pass) string { return p.Resolve(zonefiles.MustName("mx.example.org.")).Usable.String() }
	run := newRun(
		t, "-- example.org.zone --\nmx A 10.0.0.1\n@ MX 10 mx\na MX 10 mx\nb TXT b\nc MX 10 mx\n",
		&lint.Rule{
			Name: "domain", Severity: lint.Note,
			Domain: func(p *lint.Pass, d *mail.Domain) { c.add("domain "+families(p), d.Name()) },
		},
		&lint.Rule{
			Name: "owner", Severity: lint.Note, Of: zonefiles.TypeTXT,
			Owner: func(p *lint.Pass, owner zonefiles.NameID) { c.add("owner "+families(p), p.Zone.Names.Name(owner)) },
		},
	)
	run.Settings = func(string, string, zonefiles.Name) *lint.Settings {
		return &lint.Settings{Domain: func(domain zonefiles.Name) *lint.Settings {
			if domain == zonefiles.MustName("a.example.org.") {
				return &lint.Settings{Scope: delivery.Internal}
			}
			return nil
		}}
	}
	lintAll(t, run)
	c.check(t, map[string]string{
		"domain none": "c.example.org. example.org.",
		"domain IPv4": "a.example.org.",
		"owner none":  "b.example.org.",
	})
}

// TestOneJobGivesWhatEightGive lints a zone of several tasks beside small ones, with rules of all kinds that meet the
// same hosts again and again.
func TestOneJobGivesWhatEightGive(t *testing.T) {
	var archive strings.Builder
	archive.WriteString("-- example.org.zone --\nmx A 192.0.32.1\n")
	const domains = 20_000
	for i := range domains {
		fmt.Fprintf(&archive, "d%d MX 10 mx%d\n", i, i%7)
	}
	for i := range 20 {
		fmt.Fprintf(&archive, "-- z%d.example.zone --\n@ MX 10 mx.example.org.\n@ MX 10 nowhere\n", i)
	}
	// reach reports a target once for each domain, at one place that all domains share: only the subject's owner would
	// tell them apart.
	reach := &lint.Rule{
		Name: "reach", Severity: lint.Warning, Subsumes: []string{"owner"},
		Domain: func(p *lint.Pass, d *mail.Domain) {
			for _, target := range d.Targets() {
				f := at(target.Record)
				f.Subject = lint.Subject{Owner: target.Name}
				f.Span = p.Zone.Record(0).Span()
				f.Message = "first of " + d.Name().String()
				f.Related = []lint.Related{{Span: target.Record.Span(), Message: "here"}}
				if p.First(target.Name) {
					p.Withhold()
				}
				p.Report(f)
			}
		},
	}
	rules := []*lint.Rule{
		reach, ofType("owner", lint.Note, zonefiles.TypeMX), inZone("zone", lint.Error, zonefiles.TypeA),
		problemsOfFile("file", lint.Error),
	}
	files, zones := readZones(t, archive.String())
	var results []string
	for _, jobs := range []int{1, 8} {
		run := lint.Run{Files: files, Views: [][]*zonefiles.Zone{zones[:11], zones[11:]}, Rules: rules, Jobs: jobs}
		result := lintAll(t, &run)
		if len(result.Findings) != domains+20*2+7+1+20*2 {
			t.Errorf("%d jobs: %d findings", jobs, len(result.Findings))
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%+v\n", result.Summary)
		for _, f := range result.Findings {
			fmt.Fprintf(&b, "%s %+v\n", f.Rule.Name, f)
		}
		results = append(results, b.String())
	}
	if results[0] != results[1] {
		t.Error("1 job and 8 jobs give different results")
	}
}

// TestFilesThatSeveralZonesReadCountOnce counts a snippet that two zones include, and records of another class.
func TestFilesThatSeveralZonesReadCountOnce(t *testing.T) {
	run := newRun(t, `
-- example.org.zone --
$INCLUDE snippet
version.bind. CH TXT "none"
-- example.net.zone --
$INCLUDE snippet
-- snippet --
@ MX 10 mx.example.com.
`)
	result := lintAll(t, run)
	want := lint.Summary{Files: 3, Zones: 2, MailDomains: 2, Records: 6, NotJudged: 2, OtherClass: 1}
	if result.Summary != want {
		t.Errorf("the summary is %+v, want %+v", result.Summary, want)
	}
}
