package oracle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/trace"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// program is mx46 with one world loaded.
type program struct {
	*picture
	run   lint.Run
	trace *trace.World
}

// load gives mx46 the files of a world.
func load(t testing.TB, root *disk.Root, catalog []*lint.Rule, p *picture) *program {
	t.Helper()
	loader := zonefiles.NewLoader(root)
	var zones []*zonefiles.Zone
	for i := range p.zones {
		file, err := loader.Files.Add(p.zones[i].origin+"zone", []byte(p.zones[i].text()))
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, loader.Parse(file, nil))
	}
	c, err := config.Load(&zonefiles.File{Name: config.FileName, Data: []byte(p.yaml())}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, p.world)
	}
	facts := c.Facts()
	settings := c.Lint(zones[0].Path, "", zones[0].Origin)
	return &program{
		picture: p,
		run: lint.Run{
			Files: loader.Files, Views: [][]*zonefiles.Zone{zones}, Rules: catalog, Jobs: 1, Facts: facts,
			Settings: func(string, string, zonefiles.Name) *lint.Settings { return settings },
		},
		trace: trace.NewWorld(dns.NewGraph(zones), zones[0].Origin, &facts, settings.Scope),
	}
}

func nameOf(t testing.TB, name string) zonefiles.Name {
	n, err := trace.ParseName(name)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// spell is a name as the model has it.
func spell(name zonefiles.Name) string { return name.Undotted() + "." }

// labelOf is label, for a name as mx46 writes it.
func (p *program) labelOf(name string) string { return p.label(strings.TrimSuffix(name, ".") + ".") }

// lists are what comes before and after the machines that a message lists.
var lists = map[string]*regexp.Regexp{
	"mx-secondary-stranded":  regexp.MustCompile(`secondary MX (.*) of \S+ cannot`),
	"mx-relay-unknown":       regexp.MustCompile(`secondary MX (.*) of \S+ can `),
	"mx-relay-single-bridge": regexp.MustCompile(`secondary MX (.*) to the (?:primary|first usable MX host) of`),
}

var word = regexp.MustCompile(`[a-z0-9_*.-]+`)

// listed are the machines that a finding's message lists.
func (p *program) listed(f lint.Finding) []string {
	match := lists[f.Rule.Name].FindStringSubmatch(f.Message)
	if match == nil {
		return []string{"? " + f.Message}
	}
	var labels []string
	for _, w := range word.FindAllString(match[1], -1) {
		if _, known := p.machine[w+"."]; known && !slices.Contains(labels, p.labelOf(w)) {
			labels = append(labels, p.labelOf(w))
		}
	}
	if more := counted.FindStringSubmatch(match[1]); more != nil {
		labels = append(labels, othersMark+more[1])
	}
	return labels
}

// counted is how a long list ends, and othersMark what stands before the number among verdicts.
var counted = regexp.MustCompile(` and ([0-9]+) more$`)

const othersMark = "others: "

// verdicts are what mx46 lint reports, of the rules that the model knows.
func (p *program) verdicts(t testing.TB) verdicts {
	out := verdicts{}
	result, err := p.run.Lint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		rule, about := f.Rule.Name, ""
		if f.Subject.Target != "" {
			about = strings.TrimSuffix(f.Subject.Target, ".") + "."
		}
		switch rule {
		case "mx-primary-single-stack", "mx-no-ipv4", "mx-no-ipv6", "implicit-mx-single-stack",
			"null-mx-not-alone", "null-mx-preference":
			out.add(rule, "")
		case "mx-host-single-stack", "mx-relay-indirect":
			out.add(rule, p.labelOf(about))
		case "mx-secondary-stranded", "mx-relay-unknown":
			for _, label := range p.listed(f) {
				out.add(rule, label)
			}
		case "mx-relay-single-bridge":
			for _, label := range p.listed(f) {
				out.add(rule, p.labelOf(about)+" for "+label)
			}
		case "mx-family-single-host", "addr-scoped", "addr-private", "addr-translated":
			out.add(rule, f.Subject.Target)
		case "mx-same-address":
			if !out[rule]["warning"] {
				out[rule] = map[string]bool{f.Severity.String(): true}
			}
		case "mx-target-no-address", "mx-target-cname", "mx-target-wildcard", "mx-duplicate":
			out.add(rule, about)
		case "mx-target-delegated", "mx-occluded":
			out.add(rule, spell(f.Subject.Owner))
		}
	}
	return out
}

// question is one run of mx46 trace.
type question struct {
	as     string // a name of the MX host that sends; empty: a sender of every class
	down   string // a name or a family
	outage outage // the same for the model
	table  bool   // with --outages, which covers much that --down does
}

// flags are those of the command line.
func (q question) flags() string {
	var flags []string
	if q.as != "" {
		flags = append(flags, "--as "+q.as)
	}
	if q.down != "" {
		flags = append(flags, "--down "+q.down)
	}
	if q.outage.name != "" {
		flags = append(flags, fmt.Sprintf("--servfail %s/%s", q.outage.name, q.outage.kind))
	}
	if q.table {
		flags = append(flags, "--outages")
	}
	return strings.Join(flags, " ")
}

// classes are the senders that are no MX hosts, by the words of --from.
var classes = []struct {
	word string
	sender
}{
	{"ipv4", sender{ipv4, false, -1}},
	{"ipv6", sender{ipv6, false, -1}},
	{"dual", sender{dual, false, -1}},
	{"nat64", sender{ipv6, true, -1}},
}

// questions are all that is asked about a domain.
func (p *picture) questions() []question {
	outages := []question{
		{outage: nothing, table: true},
		{down: "ipv4", outage: outage{machine: -1, families: ipv4}},
		{down: "ipv6", outage: outage{machine: -1, families: ipv6}},
		{outage: outage{machine: -1, name: p.domain, kind: "MX"}},
	}
	for _, name := range p.downNames() {
		outages = append(outages, question{down: name, outage: outage{machine: p.machine[name]}})
	}
	for _, name := range p.mxNames() {
		for _, kind := range []string{"A", "AAAA"} {
			outages = append(outages, question{outage: outage{machine: -1, name: name, kind: kind}})
		}
	}
	list := slices.Clone(outages)
	for _, name := range p.mxNames() {
		for _, q := range outages {
			if q.as = name; q.outage.machine != p.machine[name] {
				list = append(list, q)
			}
		}
	}
	return list
}

// mxNames are the names of MX targets.
func (p *picture) mxNames() []string {
	var names []string
	for _, t := range p.targets {
		if !p.null && !slices.Contains(names, t.data) {
			names = append(names, t.data)
		}
	}
	return names
}

// downNames are all names of the machines that MX targets lead to.
func (p *picture) downNames() []string {
	var names []string
	for _, t := range p.mxNames() {
		for _, name := range p.namesOf(p.machine[t]) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// end is how one mail ends: under which sender and outage.
type end struct {
	flags    string // the flags that ask for it alone
	sender   sender
	outage   outage
	outcomes []outcome
}

// ask asks mx46 trace.
func (p *program) ask(t testing.TB, q question) ([]end, error) {
	ask := trace.Question{Domain: nameOf(t, p.domain), Outages: q.table}
	for _, c := range classes {
		s, err := trace.ParseSender(c.word)
		if err != nil {
			t.Fatal(err)
		}
		ask.From = append(ask.From, s)
	}
	if q.as != "" {
		ask.As, ask.HasAs, ask.From = nameOf(t, q.as), true, nil
	}
	if q.down != "" {
		if err := trace.AddDown(&ask.Outage, q.down); err != nil {
			t.Fatal(err)
		}
	}
	if q.outage.name != "" {
		if err := trace.AddServFail(&ask.Outage, q.outage.name+"/"+q.outage.kind); err != nil {
			t.Fatal(err)
		}
	}
	r, err := p.trace.Ask(ask)
	if err != nil {
		return nil, err
	}
	var ends []end
	add := func(i int, o outage, what string, outcomes []delivery.Outcome) {
		e := end{sender: sender{machine: -1}, outage: o, outcomes: p.outcomesOf(outcomes), flags: what}
		if q.as != "" {
			e.sender.machine = p.machine[q.as]
		} else {
			e.sender, e.flags = classes[i].sender, strings.TrimSpace("--from "+classes[i].word+" "+what)
		}
		ends = append(ends, e)
	}
	single := q
	single.table = false
	for i, way := range r.Ways {
		add(i, q.outage, single.flags(), way.Outcomes)
	}
	for i, f := range r.Faults {
		o, what := outage{machine: -1, families: families(f.Family)}, strings.ToLower(f.Family.String())
		if !f.Host.IsRoot() {
			o, what = outage{machine: p.machine[spell(f.Host)]}, spell(f.Host)
		}
		single.down = what + " (in the table)"
		if q.as == "" || p.machine[q.as] != o.machine {
			add(i%len(r.Ways), o, single.flags(), f.Outcomes)
		}
	}
	return ends, nil
}

// outcomesOf are outcomes as the model has them.
func (p *program) outcomesOf(outcomes []delivery.Outcome) []outcome {
	var list []outcome
	for _, o := range outcomes {
		end := outcome{kind: o.Kind.String(), machine: -1, relayed: o.Relayed, status: o.Status}
		if end.kind == "undecided" {
			end.relayed, end.status = false, ""
		} else if !o.Host.IsRoot() {
			end.machine = p.machine[spell(o.Host)]
		}
		list = append(list, end)
	}
	return sorted(list)
}
