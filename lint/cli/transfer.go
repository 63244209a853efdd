package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/live"
	"mx46/lint/text"
	"mx46/lint/workspace"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// This file is check --axfr, which has whole zones sent over.

// transferFlags are the flags of transfers.
type transferFlags struct {
	axfr string
	key  string
}

func (f *transferFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.axfr, "axfr", "",
		"have the zones that are named sent over by `SERVER` (ADDR[:PORT]), and lint them whole")
	flags.StringVar(&f.key, "key", "", "with --axfr: `FILE` with a TSIG key, as tsig-keygen writes it")
}

func (f *transferFlags) check() error {
	if f.key != "" && f.axfr == "" {
		return errors.New("--key needs --axfr")
	}
	return nil
}

// transfer gets the zones.
func (f *checkFlags) transfer(
	ctx context.Context, w *workspace.Workspace, names []zonefiles.Name,
) (*live.Observation, error) {
	server, err := live.ParseResolver(f.axfr)
	if err != nil {
		return nil, fmt.Errorf("--axfr %s: %w", zonefiles.Quote(f.axfr), err)
	}
	var key *live.Key
	if f.key != "" {
		data, err := disk.ReadPath(f.key, maxKeyFile)
		if err == nil {
			key, err = live.ParseKey(data)
		}
		if err != nil {
			return nil, fmt.Errorf("--key %s: %w", f.key, disk.Reason(err))
		}
	}
	client := f.client()
	seen := &live.Observation{}
	for _, name := range names {
		records, err := client.Transfer(ctx, server.Address, name, key, w.Loader().Limits.MaxFileSize)
		if err != nil {
			return nil, fmt.Errorf("transferring %s from %s: %w", name.Undotted(), server, err)
		}
		file, err := w.Files().AddAnswer(server.URI(name), records)
		if err != nil {
			return nil, err
		}
		seen.Zones = append(seen.Zones, w.Loader().Parse(file, &name))
	}
	return seen, nil
}

// maxKeyFile is the size of a file with one key, in bytes, and far more.
const maxKeyFile = 64 << 10

// needs are the rules to run on what was seen, and the note that names the others.
func (f *checkFlags) needs(chosen []*lint.Rule) (able []*lint.Rule, notes []string) {
	if f.axfr != "" {
		return chosen, nil
	}
	able, notes = seesAll(chosen)
	var left []string
	if !f.asksServers() {
		left = append(left, "the name servers themselves (--authoritative)")
	}
	if !f.connect {
		left = append(left, "port 25 of the MX hosts (--connect)")
	}
	if len(left) > 0 {
		notes = append(notes, fmt.Sprintf("Not tried: %s.", text.And(left)))
	}
	return able, notes
}
