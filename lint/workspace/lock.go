package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/lock"
	"mx46/lint/mail"
	"mx46/lint/mtasts"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// This file is what is known of hosts beside the zones.

// readLock reads the lock if it is there.
func (w *Workspace) readLock(o Options) (err error) {
	w.lockName = path.Join(path.Dir(w.confName), lock.FileName) // path.Dir of no name is the root
	if o.Lock != "" {
		if w.lockName, err = w.Name(o.Lock); err != nil {
			return err
		}
	}
	if o.NoLock {
		return nil
	}
	if o.Lock == "" && !w.obeys(w.lockName) {
		return nil
	}
	data, err := w.loader.Root.ReadFile(w.lockName, lock.MaxSize)
	switch {
	case errors.Is(err, fs.ErrNotExist) && (o.Lock == "" || o.NewLock):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", w.Shown(w.lockName), disk.Reason(err))
	}
	file, err := w.loader.Files.Add(w.lockName, data)
	if err != nil {
		return err
	}
	w.lock, w.problems = lock.Parse(file)
	return nil
}

// readPolicies reads the MTA-STS policies that the configuration names.
func (w *Workspace) readPolicies() error {
	w.policies = map[zonefiles.Name]*mtasts.Policy{}
	total := 0
	for _, domain := range slices.SortedFunc(maps.Keys(w.config.Policies), lock.CompareNames) {
		at := w.config.Policies[domain]
		data, _, err := w.loader.Root.ReadStart(at.Value, mtasts.MaxSize+1)
		if err != nil {
			return fmt.Errorf("%s: the MTA-STS policy of %s, %s: %w",
				at.From, domain.Undotted(), w.Shown(at.Value), disk.Reason(err))
		}
		if total += len(data); total > mtasts.MaxTotal {
			return fmt.Errorf("%s: the MTA-STS policies have more than %d bytes together", at.From, mtasts.MaxTotal)
		}
		file, err := w.loader.Files.Add(at.Value, data)
		if err != nil {
			return err
		}
		w.policies[domain] = mtasts.Parse(file)
	}
	return nil
}

// Lock is what DNS said of hosts outside the zones; nil where that was not asked.
func (w *Workspace) Lock() *lock.Lock { return w.lock }

// LockName is the name of the file with the lock, whether it is there or not.
func (w *Workspace) LockName() string { return w.lockName }

// SetLock makes another lock count from now on. Of a lock from no file, findings have no place to show.
func (w *Workspace) SetLock(l *lock.Lock) { w.lock = l }

// Facts are what is known of hosts beside the zones: by the operator and by the lock.
func (w *Workspace) Facts() mail.Facts {
	facts := w.config.Facts()
	facts.Lock, facts.Policies = w.lock, w.policies
	return facts
}

// Outside is a host that mail rests on, and of which neither the zones that were read nor the operator know the
// addresses.
type Outside struct {
	Name      zonefiles.Name   // at the end of the aliases that the zones know
	TakesMail bool             // it is an MX host; otherwise a name server of a zone with mail domains
	Domains   []zonefiles.Name // some of the mail domains that it is an MX host of
	Count     int              // of all of those

	last zonefiles.Name // of those
}

// someDomains is how many mail domains an Outside names.
const someDomains = 3

// Outside lists the hosts that mx46 resolve asks about, in the order of the lock.
func (w *Workspace) Outside(ctx context.Context) ([]Outside, error) {
	found := outsideHosts{hosts: map[zonefiles.Name]*Outside{}, zones: map[*dns.Zone]bool{}}
	run := lint.Run{
		Files: w.loader.Files, Views: w.views, Facts: w.config.Facts(),
		Rules: []*lint.Rule{{Name: "outside", Severity: lint.Note, Domain: found.look}},
		Jobs:  1, // since look collects without a lock
	}
	if _, err := run.Lint(ctx); err != nil {
		return nil, err
	}
	list := make([]Outside, 0, len(found.hosts))
	for _, name := range slices.SortedFunc(maps.Keys(found.hosts), lock.CompareNames) {
		list = append(list, *found.hosts[name])
	}
	return list, nil
}

// outsideHosts collects the hosts of mail domains.
type outsideHosts struct {
	hosts map[zonefiles.Name]*Outside
	zones map[*dns.Zone]bool // whose name servers were looked at
}

// look looks at one mail domain, and at the name servers of its zone.
func (o *outsideHosts) look(p *lint.Pass, d *mail.Domain) {
	if d.Implicit || len(d.Hosts()) == 0 {
		return
	}
	if !o.zones[d.Zone] {
		o.zones[d.Zone] = true
		servers := d.Zone.RRset(d.Zone.Apex(), zonefiles.TypeNS)
		for i := range servers.Len() {
			if name, ok := servers.At(i).Name(0); ok {
				o.add(p, name)
			}
		}
	}
	for i := range d.Hosts() {
		host := o.add(p, d.Hosts()[i].Name)
		if host == nil || host.Count > 0 && host.last == d.Name() { // another alias of it
			continue
		}
		host.TakesMail, host.last = true, d.Name()
		if host.Count++; host.Count <= someDomains {
			host.Domains = append(host.Domains, d.Name())
		}
	}
}

// add is the host that a name leads to; nil where it is known, or can be none.
func (o *outsideHosts) add(p *lint.Pass, name zonefiles.Name) *Outside {
	found := p.Resolve(name)
	name = found.Canonical
	if found.IsKnown() || name.IsRoot() || name.IsHidden() || dns.IsAddressLiteral(name) || dns.IsLocalhost(name) {
		return nil
	}
	if o.hosts[name] == nil {
		o.hosts[name] = &Outside{Name: name}
	}
	return o.hosts[name]
}
