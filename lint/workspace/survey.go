package workspace

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
	"mx46/zonefiles/discover"
	"mx46/zonefiles/disk"
)

// This file looks for what a first configuration needs.

// Survey reads the zones of a folder for a first configuration, and counts them.
func (w *Workspace) Survey(ctx context.Context, folder string) (found config.Found, zones int, err error) {
	discovered, err := discover.Search(w.loader.Root, folder)
	if err != nil {
		return found, 0, err
	}
	confs, err := w.readConfs(discovered.Configs)
	if err != nil {
		return found, 0, err
	}
	there := map[string]bool{}
	for _, name := range discovered.Zones {
		there[name] = true
	}
	served := map[string]bool{}
	var sources []Source
	for _, c := range confs {
		usable := false
		for _, z := range c.Zones {
			if !there[z.File] {
				continue
			}
			usable, served[z.File] = true, true
			sources = append(sources, Source{Path: z.File, Origin: &z.Name, View: z.View})
		}
		if usable {
			found.Servers = append(found.Servers, c.name)
		}
	}
	var rest []string
	for _, name := range discovered.Zones {
		if !served[name] {
			rest = append(rest, name)
			sources = append(sources, Source{Path: name})
		}
	}
	if err := w.Read(ctx, sources); err != nil {
		return found, 0, err
	}
	roots := map[string]bool{} // without what these include
	for _, view := range w.views {
		zones += len(view)
		for _, z := range view {
			roots[z.Path] = true
		}
	}
	rest = slices.DeleteFunc(rest, func(file string) bool { return !roots[file] })
	found.Zones = w.globsOf(rest, there)
	found.UnknownHosts, found.SingleStack, err = w.askOperator(ctx)
	return found, zones, err
}

// globsOf describes files by few globs, none of which matches a file that is not allowed.
func (w *Workspace) globsOf(files []string, allowed map[string]bool) []string {
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

// candidates are globs that may describe the zone files of a folder: all, or those with a common beginning or end of
// their names.
func candidates(folder string, files []string) []string {
	count := map[string]int{}
	for _, file := range files {
		base := path.Base(file)
		if folder != "." { // where there are other files, and will be more
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

// askOperator lists what only the operator can say: the MX hosts whose families no zone holds, and the domains that
// have one family.
func (w *Workspace) askOperator(
	ctx context.Context,
) (unknown []zonefiles.Name, single []config.FoundDomain, err error) {
	domain := func(_ *lint.Pass, d *mail.Domain) {
		var all delivery.Families
		hosts := d.Hosts()
		known := len(hosts) > 0
		for i := range hosts {
			h := &hosts[i]
			if !h.Resolved.IsKnown() {
				unknown = append(unknown, h.Resolved.Canonical)
				known = false
			}
			all |= h.Resolved.Usable
		}
		if known && (all == delivery.IPv4 || all == delivery.IPv6) {
			single = append(single, config.FoundDomain{Name: d.Name(), Stack: all})
		}
	}
	run := lint.Run{
		Files: w.loader.Files, Views: w.views, Rules: []*lint.Rule{{Name: "survey", Severity: lint.Note, Domain: domain}},
		Facts: w.Facts(), Jobs: 1, // since domain collects without a lock
	}
	_, err = run.Lint(ctx)
	return unknown, single, err
}
