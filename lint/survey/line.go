package survey

import (
	"context"
	"errors"
	"slices"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/live"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// windowSize is how many lines for each job may wait for one before them.
const windowSize = 16

// Line is what is said of one domain.
type Line struct {
	Asked    string    `json:"asked"`            // as it was in the input
	Domain   string    `json:"domain,omitempty"` // as it was asked for
	State    State     `json:"state"`
	Families string    `json:"families,omitempty"` // that MX hosts can be reached in: dual, ipv4, ipv6, none
	Provider string    `json:"provider,omitempty"` // the domain of the first MX host
	Error    string    `json:"error,omitempty"`
	Findings []Finding `json:"findings"`
}

// Finding is one of the domain's.
type Finding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
}

// State says how far the domain could be judged.
type State string

// The states.
const (
	Judged     State = "judged"
	Undecided  State = "undecided"  // something about its hosts is not known
	NoMail     State = "no-mail"    // it takes none
	NotFound   State = "not-found"  // it does not exist
	Unanswered State = "unanswered" // DNS gave no answer
	Invalid    State = "no-domain"  // what was asked for can be none
)

// check judges one domain.
func (s *Survey) check(ctx context.Context, word string) Line {
	line := Line{Asked: word, Findings: []Finding{}}
	name, err := s.Parse(word)
	if err != nil {
		line.State, line.Error = Invalid, err.Error()
		return line
	}
	line.Domain = name.Undotted()
	loader := zonefiles.NewLoader(s.Workspace.Root())
	seen, err := s.Client.Observe(ctx, loader, live.Observe{
		Domains: []zonefiles.Name{name}, Brief: !s.Full, InTurn: true,
	}, s.Resolvers...)
	if err == nil {
		err = s.judge(ctx, loader, seen, name, &line)
	}
	switch {
	case err != nil:
		line.State, line.Error = Unanswered, err.Error()
	case len(seen.Unanswered) > 0:
		line.Error = errors.Join(seen.Unanswered[:1]...).Error()
	}
	return line
}

// judge runs the rules over what was seen.
func (s *Survey) judge(
	ctx context.Context, loader *zonefiles.Loader, seen *live.Observation, name zonefiles.Name, line *Line,
) error {
	line.State = NoMail
	look := lint.Rule{Name: "survey", Severity: lint.Note, Domain: func(_ *lint.Pass, d *mail.Domain) {
		if d.Name() == name {
			line.describe(d)
		}
	}}
	run := lint.Run{
		Files: loader.Files, Views: [][]*zonefiles.Zone{seen.Zones}, Rules: append(slices.Clip(s.Rules), &look),
		Settings: s.Workspace.Settings, Facts: s.Workspace.Facts(), Observed: seen.Seen, Jobs: 1, MaxFindings: maxFindings,
		NoIgnores: true, // the comments in answers are this program's own
	}
	result, err := run.Lint(ctx)
	if err != nil {
		return err
	}
	for _, f := range result.Findings {
		if f.Severity >= s.Least {
			line.Findings = append(line.Findings, Finding{f.Rule.Name, f.Severity.String(), f.Message})
		}
	}
	if len(seen.Failed) > 0 {
		line.State = Unanswered
	}
	for _, zone := range seen.Seen {
		if len(zone.Missing) > 0 {
			line.State = NotFound
		}
	}
	return nil
}

// describe says in which families mail gets in, and who runs the first host.
func (l *Line) describe(d *mail.Domain) {
	l.State = Judged
	var all delivery.Families
	lowest := -1
	for i := range d.Hosts() {
		h := &d.Hosts()[i]
		all |= h.Resolved.Usable
		if !h.Resolved.IsKnown() {
			l.State = Undecided
		}
		preference := 0
		if !d.Implicit {
			preference = int(d.TargetOf(i).Preference)
		}
		if lowest < 0 || preference < lowest {
			lowest, l.Provider = preference, providerOf(h.Resolved.Canonical, d.Name())
		}
	}
	if len(d.Hosts()) == 0 && d.HasNullMX() {
		l.State = NoMail
		return
	}
	if l.State == Judged {
		l.Families = all.Word()
	}
}

// providerOf names who runs a host by the last two labels of its name; "own" where the host is the domain's own.
func providerOf(host, domain zonefiles.Name) string {
	if host.IsAtOrBelow(domain) {
		return "own"
	}
	for host.Labels() > 2 {
		host = host.Parent()
	}
	return host.Undotted()
}
