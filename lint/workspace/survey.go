package workspace

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
	"mx46/zonefiles/discover"
)

// This file looks for what a first configuration needs.

// Survey reads the zones of a folder for a first configuration, and counts them. Zones that configurations of name
// servers there speak of may be anywhere below the root.
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
	isThere := func(file string) bool {
		if folder == "." || strings.HasPrefix(file, folder+"/") {
			return there[file]
		}
		info, err := w.loader.Root.Stat(file)
		return err == nil && info.Mode().IsRegular()
	}
	served := map[string]bool{}
	var sources []Source
	for _, c := range confs {
		usable := false
		for _, z := range c.Zones {
			if !isThere(z.File) {
				continue
			}
			usable, served[z.File] = true, true
			sources = append(sources, Source{Path: z.File, Origin: &z.Name, View: z.View, Dialect: c.Dialect})
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
	found.Folders = foldersOf(rest)
	unknown, single, err := w.askOperator(ctx)
	slices.Sort(unknown)
	found.UnknownHosts, found.SingleStack = slices.Compact(unknown), single
	return found, zones, err
}

// foldersOf are the folders that hold files: of those in one folder of the root, the deepest that holds all.
func foldersOf(files []string) []string {
	folders := map[string]string{} // by the folder of the root
	for _, file := range files {
		folder := path.Dir(file)
		top, _, _ := strings.Cut(folder, "/")
		if folder == "." {
			return []string{"."} // which holds all
		}
		common, known := folders[top]
		if !known {
			common = folder
		}
		for common != folder && !strings.HasPrefix(folder, common+"/") {
			common = path.Dir(common)
		}
		folders[top] = common
	}
	return slices.Collect(maps.Values(folders))
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
				known = false
				if !h.Resolved.Canonical.IsHidden() {
					unknown = append(unknown, h.Resolved.Canonical)
				}
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
