package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mx46/lint/live"
	"mx46/zonefiles"
)

// This file says how the commands that ask DNS do so.

// askFlags are the flags of every command that asks DNS.
type askFlags struct {
	resolvers    []string
	assumeHonest bool
	timeout      time.Duration
	qps          float64
	inFlight     int
}

func (f *askFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.resolvers, "resolver", nil,
		"resolver to ask, as `ADDR[:PORT]`; repeatable (default: the system's)")
	flags.BoolVar(&f.assumeHonest, "assume-honest", false,
		"do not find out whether the resolver lies or hides addresses, as in a network with a DNS root of its own")
	flags.DurationVar(&f.timeout, "timeout", 2*time.Second,
		"`time` that the first of three tries waits for an answer; the others wait twice and four times as long")
	flags.Float64Var(&f.qps, "qps", 50, "`number` of questions a second; 0: as many as there are")
	flags.IntVar(&f.inFlight, "jobs", live.DefaultJobs, "`number` of questions that wait for an answer at a time")
}

// parse checks the flags before anything is asked.
func (f *askFlags) parse() error {
	switch {
	case f.timeout <= 0:
		return errors.New("--timeout must be more than 0")
	case f.qps < 0 || f.inFlight < 1:
		return errors.New("--qps must not be negative, and --jobs must be 1 or more")
	}
	return nil
}

// client asks as the flags say.
func (f *askFlags) client() *live.Client {
	client := &live.Client{
		Waits: []time.Duration{f.timeout, 2 * f.timeout, 4 * f.timeout}, Jobs: f.inFlight, AssumeHonest: f.assumeHonest,
	}
	client.Limit(f.qps)
	return client
}

// showAsking shows how far a client has come, until stop.
func showAsking(stdio *Stdio, client *live.Client, what string) (stop func()) {
	progress := startProgress(stdio, progressAfter)
	progress.say(func() string {
		p := &client.Progress
		return fmt.Sprintf("asking: %d of %d %s, %d questions", p.Done.Load(), p.Total.Load(), what, p.Questions.Load())
	})
	return progress.stop
}

// chooseResolvers are those of the flags, all of which have to be there and honest, or else the first one of the
// system that answers.
func (f *askFlags) chooseResolvers(ctx context.Context, client *live.Client) (chosen []*live.Resolver, err error) {
	for _, word := range f.resolvers {
		r, err := live.ParseResolver(word)
		if err != nil {
			return nil, fmt.Errorf("--resolver %s: %w", zonefiles.Quote(word), err)
		}
		chosen = append(chosen, r)
	}
	if len(chosen) > 0 {
		for _, r := range chosen {
			if err := client.Check(ctx, r); err != nil {
				return nil, withRemedy(ctx, err)
			}
		}
		return chosen, nil
	}
	all, err := live.SystemResolvers()
	if err != nil {
		return nil, fmt.Errorf("%w; this needs the network: name a resolver with --resolver", err)
	}
	for _, r := range all {
		err = client.Check(ctx, r)
		if err == nil || isDishonest(err) {
			return []*live.Resolver{r}, err
		}
	}
	return nil, withRemedy(ctx, err)
}

// isDishonest reports whether a resolver answers, but not with facts.
func isDishonest(err error) bool {
	return errors.Is(err, live.ErrLies) || errors.Is(err, live.ErrHidesAAAA)
}

// withRemedy adds to the error of a check what to do where a resolver cannot be asked.
func withRemedy(ctx context.Context, err error) error {
	if ctx.Err() != nil || isDishonest(err) {
		return err
	}
	return fmt.Errorf("%w; this needs the network and a resolver that answers: is this machine online, or is there "+
		"another resolver for --resolver?", err)
}
