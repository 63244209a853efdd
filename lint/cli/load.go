package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"mx46/lint/workspace"
	"mx46/rules"
	"mx46/zonefiles"
)

// loadFlags are the flags of every command that reads zones.
type loadFlags struct {
	root       string
	configFile string
	noConfig   bool
	lock       string
	noLock     bool
	newLock    bool // the lock need not be there
	origin     string
	jobs       int
}

func (f *loadFlags) register(cmd *cobra.Command) {
	f.registerZones(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.lock, "lock", "",
		"`file` with what DNS said of hosts outside the zones (default: .mx46.hosts next to the configuration, or "+
			"in the root)")
	flags.BoolVar(&f.noLock, "no-lock", false, "use no file of --lock")
	flags.IntVar(&f.jobs, "jobs", 0, "`number` of files read and zones linted at a time (default: one for each CPU)")
	cmd.MarkFlagsMutuallyExclusive("lock", "no-lock")
}

// registerZones registers the flags that say which zones are meant.
func (f *loadFlags) registerZones(cmd *cobra.Command) {
	f.registerConfig(cmd)
	cmd.Flags().StringVar(&f.origin, "origin", "", "`name` of the zone, if the file does not say")
}

// registerConfig registers the flags that say which configuration counts.
func (f *loadFlags) registerConfig(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.root, "root", "",
		"use no file outside this `folder` (default: the repository, or the working folder)")
	flags.StringVar(&f.configFile, "config", "",
		"configuration `file` (default: .mx46.yaml here or above, up to the root)")
	flags.BoolVar(&f.noConfig, "no-config", false, "use no configuration file")
	cmd.MarkFlagsMutuallyExclusive("config", "no-config")
}

// open opens the workspace that the flags and the paths of a command line mean.
func (f *loadFlags) open(paths []string) (w *workspace.Workspace, names []string, err error) {
	if f.jobs < 0 {
		return nil, nil, errors.New("--jobs must be 0, for one for each CPU, or more")
	}
	w, err = workspace.Open(workspace.Options{
		Root: f.root, Paths: paths, Config: f.configFile, NoConfig: f.noConfig,
		Lock: f.lock, NoLock: f.noLock, NewLock: f.newLock, Catalog: rules.All(), Jobs: f.jobs,
	})
	if err != nil {
		return nil, nil, err
	}
	names, err = w.Names(paths)
	return w, names, err
}

// selection is the zones that names mean.
func (f *loadFlags) selection(stdio *Stdio, names []string) (workspace.Selection, error) {
	s := workspace.Selection{Names: names, Stdin: stdio.In}
	if f.origin != "" {
		name, err := zonefiles.ParseName([]byte(inDNS(f.origin)), zonefiles.Root)
		if err != nil {
			return s, fmt.Errorf("--origin %s cannot be a domain name: %w", f.origin, err)
		}
		s.Origin = &name
	}
	return s, nil
}

func readZones(ctx context.Context, w *workspace.Workspace, s workspace.Selection) error {
	sources, err := w.Find(s)
	if err != nil {
		return err
	}
	return w.Read(ctx, sources)
}

// load opens a workspace and reads the zones that the paths mean.
func (f *loadFlags) load(ctx context.Context, stdio *Stdio, paths []string) (*workspace.Workspace, error) {
	w, names, err := f.open(paths)
	if err != nil {
		return nil, err
	}
	s, err := f.selection(stdio, names)
	if err != nil {
		return nil, err
	}
	return w, readZones(ctx, w, s)
}
