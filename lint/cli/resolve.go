package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/live"
	"mx46/lint/lock"
	"mx46/lint/text"
	"mx46/lint/workspace"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// resolveFlags are the flags of mx46 resolve.
type resolveFlags struct {
	loadFlags
	askFlags
	check   bool
	maxAge  string
	dryRun  bool
	verbose bool
}

func newResolveCommand(stdio *Stdio) *cobra.Command {
	var flags resolveFlags
	cmd := &cobra.Command{
		Use:   "resolve [PATH...]",
		Short: "Ask DNS about the hosts outside the zones, and write " + lock.FileName,
		Long: `resolve asks DNS about the MX hosts and the name servers that no zone here holds and the configuration says
nothing of, and writes what it learns into .mx46.hosts. Commit that file: lint, trace and map read it, and so know those
hosts without asking anybody.

PATH is as for mx46 lint --alone. Without a PATH, hosts that the zones no longer name are dropped from the file; with
one, they stay.

The questions go to the resolvers of the system, or to those of --resolver. Where several are named, all are asked, and
a host about which they disagree is unknown. First, resolve finds out whether a resolver makes up IPv6 addresses
(DNS64), which are dropped then, whether it answers for names that do not exist, and whether it hides IPv6 addresses. It
asks no more of one that does either of the last two. A question without an answer changes nothing: what was known of
the host stays.

Only this command and check use the network. What is in the zones decides which names are asked for, so do not let it
run on the zones of strangers, as in pull requests.

The exit code is 0 where the file is written or needs no change, and 2 where a host could not be asked about or the
command cannot do its work. With --check, which writes nothing, it is 1 where the file no longer says what DNS says, or
what the zones need.`,
		Example: `  mx46 resolve
  mx46 resolve --dry-run
  mx46 resolve --resolver 192.0.2.53 --resolver '[2001:db8::53]:5353'
  mx46 resolve --check --max-age 90d`,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd.Context(), stdio, args) },
	}
	flags.registerZones(cmd)
	f := cmd.Flags()
	f.StringVar(&flags.lock, "lock", "",
		"`file` to write (default: .mx46.hosts next to the configuration, or in the root)")
	f.BoolVar(&flags.check, "check", false, "write nothing; say what has changed and what that does to the findings")
	f.StringVar(&flags.maxAge, "max-age", "", "with --check: how many `days` ago the file may have been written, as 90d")
	f.BoolVar(&flags.dryRun, "dry-run", false, "print the questions, and ask none")
	f.BoolVar(&flags.verbose, "verbose", false, "print what is known of every host")
	flags.askFlags.register(cmd)
	return cmd
}

func (f *resolveFlags) run(ctx context.Context, stdio *Stdio, paths []string) error {
	maxAge, err := f.parse()
	if err != nil {
		return err
	}
	f.loadFlags.newLock = true
	w, err := f.load(ctx, stdio, paths)
	if err != nil {
		return err
	}
	outside, err := w.Outside(ctx)
	if err != nil {
		return err
	}
	if f.dryRun {
		return f.printQuestions(stdio, outside)
	}
	asked, err := f.ask(ctx, stdio, w, outside)
	if err != nil {
		return err
	}
	today, err := f.today(stdio)
	if err != nil {
		return err
	}
	answers := make([]lock.Asked, len(asked))
	failed := 0
	for i, a := range asked {
		answers[i] = lock.Asked{Host: a.Host, Failed: a.Err != nil && !errors.Is(a.Err, live.ErrDisagree)}
		if answers[i].Failed {
			failed++
		}
	}
	f.warn(stdio, w, asked)
	renewed := lock.Renew(w.Lock(), answers, len(paths) > 0, today)
	if f.verbose {
		for _, h := range renewed.Hosts() {
			fmt.Fprintln(stdio.Out, text.Line(h.String()))
		}
	}
	changed := false
	if f.check {
		changed, err = f.report(ctx, stdio, w, outside, renewed)
		if w.Lock() != nil && maxAge > 0 && w.Lock().IsOlder(maxAge, today) {
			changed = true
			fmt.Fprintf(stdio.Out, "%s was written on %s, which is longer ago than %s.\n",
				w.Shown(w.LockName()), w.Lock().Seen.Format(time.DateOnly), f.maxAge)
		}
	} else {
		err = f.write(stdio, w, renewed, len(asked))
	}
	switch {
	case err != nil:
		return err
	case changed:
		return exitError(exitFindings)
	case failed > 0:
		return exitError(exitFailure)
	}
	return nil
}

// parse reads and checks flags before anything is asked.
func (f *resolveFlags) parse() (maxAge time.Duration, err error) {
	switch {
	case f.maxAge != "" && !f.check:
		return 0, errors.New("--max-age needs --check; lint does not care how old the file is")
	case f.dryRun && f.check:
		return 0, errors.New("--dry-run asks nothing, so that --check has nothing to compare")
	case f.maxAge == "":
		return 0, f.askFlags.parse()
	}
	days, isDays := strings.CutSuffix(f.maxAge, "d")
	n, err := strconv.ParseUint(days, 10, 16)
	if !isDays || err != nil || n == 0 {
		return 0, fmt.Errorf("--max-age %s is no number of days, as 90d", zonefiles.Quote(f.maxAge))
	}
	return time.Duration(n) * 24 * time.Hour, f.askFlags.parse()
}

// today is the day that is written down, for reproducible files that of SOURCE_DATE_EPOCH.
func (f *resolveFlags) today(stdio *Stdio) (time.Time, error) {
	now, set, err := sourceDate(stdio)
	if !set {
		now = time.Now()
	}
	return now.UTC().Truncate(24 * time.Hour), err
}

// printQuestions prints what would be asked.
func (f *resolveFlags) printQuestions(stdio *Stdio, outside []workspace.Outside) error {
	var b strings.Builder
	for _, h := range outside {
		fmt.Fprintf(&b, "%s A\n%[1]s AAAA\n", h.Name)
		if h.TakesMail {
			fmt.Fprintf(&b, "%s SOA\n", h.Name)
		}
	}
	if len(outside) > 0 {
		b.WriteString("and the name servers of the zones of the MX hosts, with their addresses\n")
	}
	_, err := io.WriteString(stdio.Out, text.Lines(b.String()))
	return err
}

// ask asks about the hosts.
func (f *resolveFlags) ask(
	ctx context.Context, stdio *Stdio, w *workspace.Workspace, outside []workspace.Outside,
) ([]live.Result, error) {
	if len(outside) == 0 {
		return nil, nil
	}
	client := f.client()
	stop := showAsking(stdio, client, "hosts and zones")
	defer stop()
	resolvers, err := f.chooseResolvers(ctx, client)
	if err != nil {
		return nil, err
	}
	survey := live.Survey{NAT64: w.Config().NAT64Prefixes}
	for _, h := range outside {
		if h.TakesMail {
			survey.Mail = append(survey.Mail, h.Name)
		} else {
			survey.Servers = append(survey.Servers, h.Name)
		}
	}
	return client.Ask(ctx, survey, resolvers...)
}

// fewWarnings is how many hosts are named of which there is no fact.
const fewWarnings = 20

// warn says of which hosts there is no fact, and why.
func (f *resolveFlags) warn(stdio *Stdio, w *workspace.Workspace, asked []live.Result) {
	left := 0
	shown := 0
	for _, a := range asked {
		if a.Err == nil {
			continue
		}
		if shown++; shown > fewWarnings && !f.verbose {
			left++
			continue
		}
		became := "it is unknown"
		if w.Lock().Host(a.Host.Name) != nil && !errors.Is(a.Err, live.ErrDisagree) {
			became = "what was known of it stays"
		}
		stdio.note(fmt.Sprintf("%s: %v; %s", a.Host.Name.Undotted(), a.Err, became))
	}
	if left > 0 {
		stdio.note(fmt.Sprintf("and so for %s more; --verbose names them", text.Count(left, "host", "hosts")))
	}
}

// write writes the lock, where it says something new.
func (f *resolveFlags) write(stdio *Stdio, w *workspace.Workspace, renewed *lock.Lock, asked int) error {
	name, after := w.LockName(), renewed.AppendText(nil)
	before, err := w.Root().ReadFile(name, lock.MaxSize)
	isNew := errors.Is(err, fs.ErrNotExist)
	said := fmt.Sprintf("asked about %s", text.Count(asked, "host", "hosts"))
	switch {
	case isNew && len(renewed.Hosts()) == 0:
		_, err = fmt.Fprintln(stdio.Out,
			"there is nothing to ask: the zones, and the configuration, know all hosts that mail rests on")
		return err
	case err == nil && bytes.Equal(before, after):
		_, err = fmt.Fprintf(stdio.Out, "%s; nothing has changed in %s\n", said, w.Shown(name))
		return err
	case isNew:
		err = finish(func() error { return w.Root().CreateFile(name, after) })
	case err == nil || errors.Is(err, disk.ErrTooLarge):
		err = finish(func() error {
			return w.Root().WriteFile(name, func(to io.Writer) error {
				_, err := to.Write(after)
				return err
			})
		})
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.Shown(name), disk.Reason(err))
	}
	var counts [3]int // new, changed, dropped
	for _, c := range lock.Diff(w.Lock(), renewed) {
		switch {
		case c.Before == nil:
			counts[0]++
		case c.After != nil:
			counts[1]++
		default:
			counts[2]++
		}
	}
	_, err = fmt.Fprintf(stdio.Out, "%s; wrote %s: %d new, %d changed, %d dropped\n",
		said, w.Shown(name), counts[0], counts[1], counts[2])
	return err
}

// report says what would change, in the lock and in what is found.
func (f *resolveFlags) report(
	ctx context.Context, stdio *Stdio, w *workspace.Workspace, outside []workspace.Outside, renewed *lock.Lock,
) (bool, error) {
	changes := lock.Diff(w.Lock(), renewed)
	if len(changes) == 0 {
		_, err := fmt.Fprintf(stdio.Out, "%s says what DNS says\n", w.Shown(w.LockName()))
		return false, err
	}
	uses := map[zonefiles.Name]*workspace.Outside{}
	for i := range outside {
		uses[outside[i].Name] = &outside[i]
	}
	var b strings.Builder
	for _, c := range changes {
		if c.Before != nil {
			fmt.Fprintf(&b, "-%s\n", c.Before)
		}
		if c.After != nil {
			fmt.Fprintf(&b, "+%s\n", c.After)
		}
		if use := uses[cmp.Or(c.After, c.Before).Name]; use != nil && use.Count > 0 {
			var names []string
			for _, d := range use.Domains {
				names = append(names, d.Undotted())
			}
			if more := use.Count - len(names); more > 0 {
				names = append(names, text.Count(more, "more domain", "more domains"))
			}
			fmt.Fprintf(&b, "   takes mail for %s\n", text.And(names))
		}
	}
	effects, err := f.effects(ctx, w, renewed)
	if err != nil {
		return true, err
	}
	for _, line := range effects {
		b.WriteString(text.Line(line) + "\n")
	}
	_, err = io.WriteString(stdio.Out, text.Lines(b.String()))
	return true, err
}

// effects are the findings that come and go with another lock, a line each.
func (f *resolveFlags) effects(ctx context.Context, w *workspace.Workspace, renewed *lock.Lock) ([]string, error) {
	before, err := f.findings(ctx, w)
	if err != nil {
		return nil, err
	}
	file, err := w.Files().Add(w.LockName(), renewed.AppendText(nil)) // so that findings have a place in it
	if err != nil {
		return nil, err
	}
	parsed, _ := lock.Parse(file)
	w.SetLock(parsed)
	after, err := f.findings(ctx, w)
	if err != nil {
		return nil, err
	}
	var lines []string
	for key, line := range before {
		if _, stays := after[key]; !stays {
			lines = append(lines, "no longer: "+line)
		}
	}
	for key, line := range after {
		if _, was := before[key]; !was {
			lines = append(lines, "then: "+line)
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// findingKey is what a finding is about, wherever it is.
type findingKey struct {
	rule     string
	severity lint.Severity
	zone     zonefiles.Name
	view     string
	subject  lint.Subject
}

// findings are those that lint would report, a line each.
func (f *resolveFlags) findings(ctx context.Context, w *workspace.Workspace) (map[findingKey]string, error) {
	result, err := w.Lint(ctx, workspace.LintOptions{MaxFindings: defaultMaxFindings})
	if err != nil {
		return nil, err
	}
	found := map[findingKey]string{}
	for _, finding := range reported(w, result.Findings) {
		if finding.Suppressed != "" {
			continue
		}
		at := w.Position(finding.Span)
		at.File = w.Shown(at.File)
		key := findingKey{finding.Rule.Name, finding.Severity, finding.Zone, finding.View, finding.Subject}
		found[key] = fmt.Sprintf("%s: %s: %s [%s]", at, finding.Severity, finding.Message, finding.Rule.Name)
	}
	return found, nil
}
