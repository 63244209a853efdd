package lsp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"mx46/lint"
	"mx46/lint/config"
	"mx46/lint/fix"
	"mx46/lint/workspace"
	"mx46/zonefiles"
)

// This file keeps a workspace up to date with open buffers and with the disk.

// project is one repository. Its workspace reads open buffers in place of files.
type project struct {
	root    string // absolute
	catalog []*lint.Rule

	workspace *workspace.Workspace // nil until it is read, and after an error
	texts     map[string][]byte    // of the open buffers that it reads, by name
	replaced  int                  // bytes of texts that it still holds, and no zone is read from
	stamps    map[string]stamp     // of the files beside the zones, when they were read

	generation int            // of the server's changes that the findings take in; 0: none
	findings   []lint.Finding // as lint reports them
	err        error          // why there are none

	suspects []string // paths of files that changed on the disk, of the server

	published map[string]string // what the client was sent, by URI
	shown     string            // the error that the client was sent
}

// stamp tells one text of a file on the disk from the next.
type stamp struct {
	size    int64
	changed time.Time
}

// discard makes the next refresh read everything from the disk.
func (p *project) discard() {
	if p.workspace != nil {
		p.workspace.Close()
		p.workspace = nil
	}
}

// refresh lints again what changed. An error of the context leaves the project as it was; any other is in p.err.
func (p *project) refresh(ctx context.Context, documents []*document, generation int) error {
	if p.workspace != nil && p.isOutdated() {
		p.discard()
		p.generation = 0
	}
	if p.generation == generation {
		return nil
	}
	err := p.update(ctx, documents)
	var findings []lint.Finding
	if err == nil {
		findings, err = p.lint(ctx)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		p.discard()
	}
	p.findings, p.err, p.generation = findings, err, generation
	return nil
}

// lint finds what the client is shown of the zones as the workspace holds them.
func (p *project) lint(ctx context.Context) ([]lint.Finding, error) {
	result, err := p.workspace.Lint(ctx, workspace.LintOptions{MaxFindings: maxFindings, All: true})
	if errors.Is(err, lint.ErrTooMany) {
		return nil, fmt.Errorf("there are more than %d findings: mx46 lint lists them", maxFindings)
	}
	if err != nil {
		return nil, err
	}
	known, err := p.workspace.Baseline(p.workspace.Config().Baseline.Value)
	if err != nil {
		return nil, err
	}
	if known != nil {
		known.Suppress(result.Findings)
	}
	var findings []lint.Finding
	for _, f := range lint.Fold(p.workspace.Files(), result.Findings) {
		if f.Suppressed == "" && f.Severity >= p.workspace.Config().MinSeverity.Value {
			findings = append(findings, f)
		}
	}
	return fix.Offer(p.workspace, findings), nil
}

// update makes the workspace read what the buffers hold.
func (p *project) update(ctx context.Context, documents []*document) error {
	if p.workspace == nil || p.replaced > maxReplaced || p.lacks(documents) {
		if err := p.open(ctx, documents); err != nil {
			return err
		}
	}
	p.texts = p.textsOf(documents)
	changed := map[string][]byte{}
	for name, text := range p.texts {
		if file, err := p.workspace.File(name); err != nil || !bytes.Equal(file.Data, text) {
			changed[name] = text
			p.replaced += len(text)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return p.workspace.Replace(changed)
}

// lacks reports whether a buffer holds a zone that the workspace does not know, or was closed without being saved.
func (p *project) lacks(documents []*document) bool {
	texts := p.textsOf(documents)
	for name := range texts {
		if !p.reads(name) {
			return true
		}
	}
	for name, text := range p.texts {
		if _, open := texts[name]; !open && !p.isOnDisk(name, text) {
			return true
		}
	}
	return false
}

// open reads everything.
func (p *project) open(ctx context.Context, documents []*document) error {
	p.discard()
	w, err := workspace.Open(workspace.Options{Root: p.root, Catalog: p.catalog})
	if err != nil {
		return err
	}
	p.workspace, p.replaced = w, 0
	p.stamps = map[string]stamp{}
	for _, name := range []string{w.ConfigName(), w.LockName(), w.Config().Baseline.Value} {
		p.stamps[name] = p.stampOf(name)
	}
	for _, policy := range w.Config().Policies {
		p.stamps[policy.Value] = p.stampOf(policy.Value)
	}
	sources, err := w.Find(workspace.Selection{Folder: ".", Texts: p.textsOf(documents)})
	if err != nil {
		return err
	}
	return w.Read(ctx, sources)
}

// textsOf are the texts of the buffers that hold zones, or parts of them, by name.
func (p *project) textsOf(documents []*document) map[string][]byte {
	texts := map[string][]byte{}
	for _, d := range documents {
		name, err := p.workspace.Name(d.path)
		if err != nil || p.workspace.Config().Excludes(name) {
			continue
		}
		if d.isZone() || p.reads(name) || zonefiles.Sniff(d.text, true).LikeZone() {
			texts[name] = d.text
		}
	}
	return texts
}

// reads reports whether a zone is read from a file.
func (p *project) reads(name string) bool {
	for _, z := range p.workspace.Zones() {
		if z.ReadsAny(func(read string) bool { return read == name }) {
			return true
		}
	}
	return false
}

func (p *project) isOnDisk(name string, text []byte) bool {
	data, err := p.workspace.Root().ReadFile(name, maxBuffer)
	return err == nil && bytes.Equal(data, text)
}

// isTouched reports whether a change of files on the disk, by path, may matter. It does not where a buffer takes a
// file's place.
func (p *project) isTouched(paths []string, documents []*document) bool {
	return p.workspace != nil && slices.ContainsFunc(paths, func(path string) bool {
		name, err := p.workspace.Name(path)
		_, isRead := p.texts[name]
		isOpen := slices.ContainsFunc(documents, func(d *document) bool { return d.path == path })
		return err == nil && !(isRead && isOpen)
	})
}

// isOutdated reports whether the configuration, the lock, the baseline or an MTA-STS policy changed on the disk,
// appeared or went.
func (p *project) isOutdated() bool {
	for name, before := range p.stamps {
		if p.stampOf(name) != before {
			return true
		}
	}
	return p.workspace.ConfigName() == "" && p.stampOf(config.FileName) != stamp{}
}

func (p *project) stampOf(name string) stamp {
	if name == "" {
		return stamp{}
	}
	info, err := p.workspace.Root().Stat(name)
	if err != nil {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime()}
}

// path is the absolute path of a file.
func (p *project) path(name string) string { return filepath.Join(p.root, filepath.FromSlash(name)) }
