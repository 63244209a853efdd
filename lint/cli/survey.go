package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/survey"
	"mx46/lint/workspace"
	"mx46/zonefiles/disk"
)

// This file is check --from, which goes through a list of domains.

// surveyFlags are the flags of a survey.
type surveyFlags struct {
	from    string
	resume  string
	full    bool
	maxTime time.Duration
}

func (f *surveyFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "",
		"check the domains in `FILE`, one a line, or - for standard input; prints a line of JSON about each")
	flags.StringVar(&f.resume, "resume", "", "with --from: write to `FILE`, and go on where it ends")
	flags.BoolVar(&f.full, "full", false, "with --from: ask for all that check asks for, and not MX, A and AAAA alone")
	flags.DurationVar(&f.maxTime, "max-time", 0, "`time` after which to ask no more; 0: never")
}

func (f *surveyFlags) check(args []string) error {
	switch {
	case f.from == "" && (f.resume != "" || f.full):
		return errors.New("--resume and --full need --from")
	case f.from != "" && len(args) > 0:
		return errors.New("the domains come either from --from or from the command line")
	}
	return nil
}

// errTimeIsOver is why a run ends that --max-time ends.
var errTimeIsOver = errors.New("--max-time is over")

// limited is a context that ends after --max-time.
func (f *surveyFlags) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if f.maxTime <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, f.maxTime, errTimeIsOver)
}

// survey checks the domains of a file.
func (f *checkFlags) survey(ctx context.Context, stdio *Stdio, w *workspace.Workspace, chosen []*lint.Rule) error {
	in := io.NopCloser(stdio.In)
	if f.from != "-" {
		var err error
		if in, err = disk.OpenPath(f.from); err != nil {
			return fmt.Errorf("--from %s: %w", f.from, disk.Reason(err))
		}
	}
	defer func() { _ = in.Close() }()
	client := f.client()
	resolvers, err := f.chooseResolvers(ctx, client)
	if err != nil {
		return err
	}
	chosen, notes := seesAll(chosen)
	s := survey.Survey{
		Client: client, Resolvers: resolvers, Workspace: w, Rules: chosen, Least: w.Config().MinSeverity.Value,
		Full: f.full, Jobs: f.inFlight, Parse: parseDomain,
	}
	tally := survey.NewTally()
	domains, out, end := survey.NewInput(in), stdio.Out, func() error { return nil }
	if f.resume != "" {
		file, err := f.goOn(domains, tally)
		if err != nil {
			return fmt.Errorf("--resume %s: %w", f.resume, disk.Reason(err))
		}
		out, end = file, file.Close
	}
	stop := showAsking(stdio, client, "questions of domains under way")
	err = s.Run(ctx, domains, out, tally)
	stop()
	if ended := end(); err == nil {
		err = ended
	}
	if isOver := errors.Is(err, errTimeIsOver); err != nil && !isOver {
		return err
	} else if isOver {
		notes = append(notes, "--max-time is over; --resume goes on.")
	}
	if !f.quiet {
		if err := tally.Write(stdio.Err); err != nil {
			return err
		}
	}
	for _, note := range notes {
		stdio.note(note)
	}
	return f.verdict(w, tally, err)
}

// goOn reads what the file of an earlier run holds, and cuts off what that did not end.
func (f *surveyFlags) goOn(domains *survey.Input, tally *survey.Tally) (io.WriteCloser, error) {
	file, cut, err := disk.ResumePath(f.resume)
	if err != nil {
		return nil, err
	}
	size, err := domains.Skip(file, tally)
	if err == nil {
		err = cut(size)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// verdict is the exit code of a survey.
func (f *checkFlags) verdict(w *workspace.Workspace, tally *survey.Tally, err error) error {
	failOn := w.Config().FailOn.Value
	for severity := failOn; failOn != lint.Off && severity <= lint.Error; severity++ {
		if tally.Worst[severity.String()] > 0 {
			return exitError(exitFindings)
		}
	}
	if err != nil || f.strict && tally.Unanswered() > 0 {
		return exitError(exitFailure)
	}
	return nil
}
