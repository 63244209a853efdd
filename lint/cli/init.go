package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/zonefiles"
	"mx46/zonefiles/discover"
	"mx46/zonefiles/disk"
)

func newInitCommand(stdio *Stdio) *cobra.Command {
	flags := loadFlags{noConfig: true}
	cmd := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a first " + config.FileName + " from what is found",
		Long: `init looks for zones and for configurations of name servers, and writes a first .mx46.yaml into the root folder: the repository, or the
working folder. What only you can know stands there in comments: the families of MX hosts outside of these zones, and whether domains
with one address family are meant to be so. A file that exists is never touched.`,
		Example: `  mx46 init
  mx46 init zones/ --root .`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return flags.init(stdio, args) },
	}
	cmd.Flags().StringVar(&flags.root, "root", "", "folder that the file is written to (default: the repository, or the working folder)")
	return cmd
}

func (f *loadFlags) init(stdio *Stdio, paths []string) error {
	w, names, err := f.open(paths)
	if err != nil {
		return err
	}
	name, err := config.Find(os.DirFS(w.rootPath), w.folder)
	if err != nil {
		return err
	}
	if name != "" {
		return fmt.Errorf("%s exists; init writes a first configuration and never changes one", w.shown(name))
	}
	folder := "."
	if len(names) > 0 {
		folder = names[0]
	}
	found, zones, err := w.lookAround(folder)
	if err != nil {
		return err
	}
	target := filepath.Join(w.rootPath, config.FileName)
	file, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists; init writes a first configuration and never changes one", w.shown(config.FileName))
	}
	if err != nil {
		return err
	}
	_, err = file.Write(config.Init(found))
	if err := errors.Join(err, file.Close()); err != nil {
		os.Remove(target)
		return fmt.Errorf("writing %s: %w", target, disk.Reason(err))
	}
	_, err = fmt.Fprintf(stdio.Out, "wrote %s, which covers %s\n", w.shown(config.FileName), text.Count(zones, "zone", "zones"))
	return err
}

// lookAround finds what a first configuration is made from, and how many zones it covers.
func (w *workspace) lookAround(folder string) (config.Found, int, error) {
	discovered, err := discover.Search(w.loader.Root, folder, discover.Options{})
	if err != nil {
		return config.Found{}, 0, err
	}
	var found config.Found
	var sources []source
	served := map[string]bool{}
	there := map[string]bool{}
	for _, z := range discovered.Zones {
		there[z.Path] = true
	}
	confs, err := w.readConfs(discovered.Configs)
	if err != nil {
		return config.Found{}, 0, err
	}
	for _, c := range confs {
		usable := false
		for _, z := range c.Zones {
			if !there[z.File] {
				continue
			}
			usable, served[z.File] = true, true
			sources = append(sources, source{path: z.File, origin: &z.Name, view: z.View})
		}
		if usable {
			found.Servers = append(found.Servers, config.FoundServer{Kind: serverKind(c.name), Path: c.name})
		}
	}
	var rest []string
	for _, z := range discovered.Zones {
		if !served[z.Path] {
			rest = append(rest, z.Path)
			sources = append(sources, source{path: z.Path})
		}
	}
	if err := w.read(sources, 0); err != nil {
		return config.Found{}, 0, err
	}
	zones := 0
	roots := map[string]bool{} // but not what these include
	for _, view := range w.views {
		zones += len(view)
		for _, z := range view {
			roots[z.Path] = true
		}
	}
	rest = slices.DeleteFunc(rest, func(file string) bool { return !roots[file] })
	found.Zones = w.globsOf(rest, there)
	found.UnknownHosts, found.SingleStack = w.survey()
	return found, zones, nil
}

// serverKind is the key of zones for a name server's configuration.
func serverKind(name string) config.SourceKind {
	switch path.Base(name) {
	case "nsd.conf":
		return config.NSDConf
	case "knot.conf":
		return config.KnotConf
	}
	return config.NamedConf
}

// globsOf describes files by few globs, none of which matches a file that is not allowed.
func (w *workspace) globsOf(files []string, allowed map[string]bool) []string {
	globber := disk.NewGlobber(w.loader.Root)
	folders := map[string][]string{}
	for _, file := range files {
		folders[path.Dir(file)] = append(folders[path.Dir(file)], file)
	}
	var found []string
	for folder, inside := range folders {
		left := inside
		for _, pattern := range candidates(folder, inside) {
			matches, err := globber.Glob(pattern)
			fits := err == nil && len(matches) > 1 && !slices.ContainsFunc(matches, func(m string) bool { return !allowed[m] })
			isMatched := func(file string) bool {
				_, ok := slices.BinarySearch(matches, file)
				return ok
			}
			if !fits || !slices.ContainsFunc(left, isMatched) {
				continue
			}
			found = append(found, pattern)
			left = slices.DeleteFunc(slices.Clone(left), isMatched)
		}
		found = append(found, left...)
	}
	return found
}

// candidates are globs that may describe the zone files of a folder: all, or those with a common beginning or end of their names.
func candidates(folder string, files []string) []string {
	count := map[string]int{}
	for _, file := range files {
		base := path.Base(file)
		if folder != "." { // where other files stand, and more will
			count["*"]++
		}
		if at := strings.LastIndexByte(base, '.'); at > 0 {
			count["*"+base[at:]]++
		}
		for _, prefix := range []string{"db.", "zone.", "master.", "named."} {
			if strings.HasPrefix(base, prefix) {
				count[prefix+"*"]++
			}
		}
	}
	var patterns []string
	for pattern, n := range count {
		if n > 1 {
			patterns = append(patterns, pattern)
		}
	}
	slices.SortFunc(patterns, func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(b, a)) })
	for i := range patterns {
		patterns[i] = path.Join(folder, patterns[i])
	}
	return patterns
}

// survey lists what only the operator can say: the MX hosts whose families no zone holds, and the domains that have one family.
func (w *workspace) survey() (unknown []zonefiles.Name, single []config.FoundDomain) {
	domain := func(_ *lint.Pass, d *mail.Domain) {
		var all delivery.Families
		hosts := d.Hosts()
		known := len(hosts) > 0
		for i := range hosts {
			h := &hosts[i]
			if !h.Resolved.Known {
				unknown = append(unknown, h.Resolved.Canonical)
				known = false
			}
			all |= h.Resolved.Families
		}
		if !known {
			return
		}
		if all == delivery.IPv4 || all == delivery.IPv6 {
			single = append(single, config.FoundDomain{Name: d.Name(), Stack: config.Families(all)})
		}
	}
	run := lint.Run{
		Files: w.loader.Files, Views: w.views, Rules: []*lint.Rule{{Name: "survey", Severity: lint.Note, Domain: domain}},
		Facts: w.facts(), Jobs: 1, // since survey collects without a lock
	}
	run.Lint()
	return unknown, single
}
