package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/live"
	"mx46/lint/report"
	"mx46/lint/text"
	"mx46/lint/trace"
	"mx46/lint/workspace"
	"mx46/zonefiles"
)

// checkFlags are the flags of mx46 check.
type checkFlags struct {
	loadFlags
	askFlags
	settingFlags
	outputFlags
	serverFlags
	surveyFlags
	transferFlags
	dump    bool
	trace   bool
	strict  bool
	verbose bool
	trustAD bool
}

func newCheckCommand(stdio *Stdio) *cobra.Command {
	var flags checkFlags
	cmd := &cobra.Command{
		Use:   "check DOMAIN...",
		Short: "Report what keeps mail from arriving, by what DNS says of a domain",
		Long: `check asks DNS about mail domains, and judges the answers by the rules of mx46 lint: MX records, the addresses
of the MX hosts and their names, TLSA, SPF and the name servers of all of these. Findings show the answer, the server
that gave it and how.

The questions go to the resolvers of the system, or to those of --resolver; mx46 resolve --help says how they are
tested. Where several are named, what they disagree about is unknown. TLSA records of MX hosts in other people's zones
count only where a resolver on this machine, or with --trust-ad any, says that they are signed (RFC 7672 s.2.2).

Only what was asked for is known. Rules that need a whole zone, or TTLs that no cache has shortened, do not run; the
report names them once. To use them, lint the zone's file.

With --authoritative, check also asks each name server of the domains and of their MX hosts itself, over IPv4 and over
IPv6: whether it answers for AAAA and TLSA as for A (RFC 4074), over TCP, and says what the others say; and a server of
the zone above, whether it refers to them in both families. Only addresses on the internet are spoken to.

With --connect, check connects to port 25 of each address of the MX hosts, waits for the greeting, says EHLO and leaves.

With --mta-sts, check fetches the MTA-STS policy of each domain that announces one, by one HTTPS request, and holds the
MX hosts against it (RFC 8461).

With --axfr, the arguments are zones. A server sends them over whole, so that all rules of mx46 lint run.

With --from, check goes through a list of domains and prints a line of JSON about each, in the order of the list, and
counts by rule, families and provider on standard error. It asks for MX, A and AAAA unless --full is given. A file of
--resume holds the lines; a run that was broken off goes on where it ends.

The exit code is 1 if anything at or above --fail-on is found, 2 if mx46 cannot do its work, and 0 otherwise. A question
without an answer is counted; with --strict, the exit code is 2 where it is not known where a domain's mail goes.`,
		Example: `  mx46 check example.org
  mx46 check bücher.example --trace
  mx46 check example.org --dump > example.org.txt
  mx46 check example.org --authoritative --connect --mta-sts
  mx46 check example.org --served db.example.org
  mx46 check --axfr 192.0.2.53 --key tsig.key example.org
  mx46 check --from domains.txt --resume domains.jsonl --resolver 127.0.0.1 --qps 1000
  mx46 check example.org example.net --format json --resolver 192.0.2.53`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.from == "" {
				if err := namesDomain(cmd, args); err != nil {
					return err
				}
			}
			ctx, cancel := flags.limited(cmd.Context())
			defer cancel()
			return flags.run(ctx, stdio, args)
		},
	}
	flags.registerConfig(cmd)
	flags.settingFlags.register(cmd)
	flags.outputFlags.register(cmd)
	flags.askFlags.register(cmd)
	flags.serverFlags.register(cmd)
	flags.surveyFlags.register(cmd)
	flags.transferFlags.register(cmd)
	f := cmd.Flags()
	f.BoolVar(&flags.dump, "dump", false, "print the answers as master files, and judge nothing")
	f.BoolVar(&flags.trace, "trace", false, "also show what becomes of mail from each class of senders")
	f.BoolVar(&flags.strict, "strict", false, "exit with 2 where it is not known where a domain's mail goes")
	f.BoolVar(&flags.trustAD, "trust-ad", false,
		"believe a resolver on another machine, too, that TLSA records are signed (the AD bit)")
	f.BoolVar(&flags.verbose, "verbose", false, "name all questions without an answer")
	for _, other := range []string{
		"authoritative", "served", "require-ipv6", "connect", "mta-sts", "axfr", "dump", "trace", "format", "output",
	} {
		cmd.MarkFlagsMutuallyExclusive("from", other) // a survey asks resolvers alone, and prints lines of JSON
	}
	return cmd
}

func (f *checkFlags) run(ctx context.Context, stdio *Stdio, words []string) error {
	outputs, err := f.outputFlags.parse(stdio)
	if err != nil {
		return err
	}
	if err := cmp.Or(f.askFlags.parse(), f.surveyFlags.check(words), f.transferFlags.check()); err != nil {
		return err
	}
	domains, err := parseDomains(words)
	if err != nil {
		return err
	}
	f.noLock = true // what was seen once is not what is seen now
	w, _, err := f.open(nil)
	if err != nil {
		return err
	}
	defer w.Close()
	if err := f.configure(w); err != nil {
		return err
	}
	chosen, err := f.chosen(w)
	if err != nil {
		return err
	}
	if f.from != "" {
		return f.survey(ctx, stdio, w, chosen)
	}
	filed, err := f.readServed(ctx, stdio, w)
	if err != nil {
		return err
	}
	seen, err := f.observe(ctx, stdio, w, domains)
	if err != nil {
		return err
	}
	compareWith(filed, seen)
	if f.dump {
		return dump(stdio.Out, w, seen)
	}
	w.Observe(seen.Zones, seen.Seen, seen.Policies)
	if f.trace {
		if err := traceAll(stdio.Out, w, domains); err != nil {
			return err
		}
	}
	return f.report(ctx, stdio, w, seen, chosen, outputs)
}

func parseDomains(words []string) ([]zonefiles.Name, error) {
	var domains []zonefiles.Name
	for _, word := range words {
		name, err := parseDomain(word)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(domains, name) {
			domains = append(domains, name)
		}
	}
	return domains, nil
}

// client asks as the flags say.
func (f *checkFlags) client() *live.Client {
	client := f.askFlags.client()
	client.AllowPrivate, client.TrustAD = f.allowPrivate, f.trustAD
	if f.patient {
		client.Mail = live.Patient()
	}
	client.Mail.TrustVantage = f.trustVantage
	return client
}

// observe asks about the domains.
func (f *checkFlags) observe(
	ctx context.Context, stdio *Stdio, w *workspace.Workspace, domains []zonefiles.Name,
) (*live.Observation, error) {
	if f.axfr != "" {
		return f.transfer(ctx, w, domains)
	}
	client := f.client()
	stop := showAsking(stdio, client, "names")
	defer stop()
	resolvers, err := f.chooseResolvers(ctx, client)
	if err != nil {
		return nil, err
	}
	want := live.Observe{Domains: domains, Servers: f.asksServers(), Connect: f.connect, Policies: f.policies}
	return client.Observe(ctx, w.Loader(), want, resolvers...)
}

const fewHosts = 5

// dump prints the answers, zone by zone, and in comments what servers themselves were seen to say.
func dump(out io.Writer, w *workspace.Workspace, seen *live.Observation) error {
	var b strings.Builder
	ofZones := map[zonefiles.FileID]bool{}
	for _, z := range seen.Zones {
		fmt.Fprintf(&b, "; What was seen of zone %s\n", z.Origin)
		files := z.Includes
		if !z.IsObserved() {
			files = []zonefiles.FileID{z.File}
		}
		for _, id := range files {
			ofZones[id] = true
			b.Write(w.Files().File(id).Data)
		}
		b.WriteByte('\n')
	}
	for id := range zonefiles.FileID(w.Files().Len()) {
		if file := w.Files().File(id); file.IsAnswer() && !ofZones[id] {
			fmt.Fprintf(&b, "; %s\n", text.Line(file.Name))
			for line := range strings.Lines(string(file.Data)) {
				fmt.Fprintf(&b, ";   %s\n", text.Line(strings.TrimRight(line, "\r\n")))
			}
		}
	}
	for _, err := range seen.Unanswered {
		fmt.Fprintf(&b, "; %s\n", text.Line(err.Error()))
	}
	_, err := out.Write(text.Disobeyed([]byte(b.String())))
	return err
}

// traceAll says what becomes of mail to each domain whose MX records are known.
func traceAll(out io.Writer, w *workspace.Workspace, domains []zonefiles.Name) error {
	for _, d := range domains {
		world, _, err := w.World(d, "")
		if err != nil {
			continue // nothing is known of it, as the report says
		}
		r, err := world.Ask(trace.Question{Domain: d})
		if err != nil {
			continue
		}
		if err := r.Text(out); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out); err != nil {
			return err
		}
	}
	return nil
}

// report judges what was seen.
func (f *checkFlags) report(
	ctx context.Context, stdio *Stdio, w *workspace.Workspace, seen *live.Observation, chosen []*lint.Rule,
	outputs []output,
) error {
	chosen, notes := f.needs(chosen)
	notes = append(notes, f.serverFlags.notes(seen)...)
	if len(seen.Unsigned) > 0 {
		hosts := make([]string, len(seen.Unsigned))
		for i, host := range seen.Unsigned {
			hosts[i] = host.Undotted()
		}
		notes = append(notes, fmt.Sprintf(
			"Not counted, since no trusted resolver says that they are signed: TLSA records of %s (--trust-ad trusts all).",
			text.Some(hosts, fewHosts)))
	}
	result, err := w.Lint(ctx, workspace.LintOptions{Rules: chosen, MaxFindings: defaultMaxFindings})
	if err != nil {
		return err
	}
	result.Summary.Answers, result.Summary.Unanswered = seen.Answers, len(seen.Unanswered)
	worst := weigh(w, &result)
	for i := range result.Findings {
		result.Findings[i].Fixes = nil // there is no file to edit
	}
	result.Findings = lint.Fold(w.Files(), reported(w, result.Findings))
	for i, err := range seen.Unanswered {
		if i == fewWarnings && !f.verbose {
			notes = append(notes, fmt.Sprintf("No answer: %d more; --verbose names them.", len(seen.Unanswered)-i))
			break
		}
		notes = append(notes, fmt.Sprintf("No answer: %v.", err))
	}
	r := &report.Report{
		Result: result, Files: w.Files(), Rules: w.Catalog(), Version: version(), Root: w.RootPath(), Notes: notes,
		Settings: f.settingFlags.reported(w),
	}
	if err := f.writeAll(stdio, w, r, outputs, false); err != nil {
		return err
	}
	switch failOn := w.Config().FailOn.Value; {
	case failOn != lint.Off && worst >= failOn:
		return exitError(exitFindings)
	case f.strict && len(seen.Failed) > 0, f.requireIPv6 && lacksIPv6(seen):
		return exitError(exitFailure)
	}
	return nil
}

// seesAll are the rules that see all that they need in what name servers answer, and the note that names the others.
func seesAll(chosen []*lint.Rule) (able []*lint.Rule, notes []string) {
	var unable []string
	for _, r := range chosen {
		if r.Needs == lint.WholeZones || r.Needs == lint.CachedTTLs {
			unable = append(unable, r.Name)
		} else {
			able = append(able, r)
		}
	}
	if len(unable) > 0 {
		notes = append(notes, fmt.Sprintf("Not checked, since it takes a zone's file: %s.", text.And(unable)))
	}
	return able, notes
}
