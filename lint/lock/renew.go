package lock

import "time"

// Asked is what came of asking about one host.
type Asked struct {
	Host Host
	// Failed says that there was no answer. What was known of the host before stays, if anything was; Host has its name
	// alone.
	Failed bool
}

// Renew is the lock after some hosts were asked about, each once. Hosts of the old lock that were not asked about
// stay where keep is set, as after asking about some of the zones alone. The day changes when a fact does, or when it
// is long ago: a file that changes at each run is not read.
func Renew(old *Lock, asked []Asked, keep bool, today time.Time) *Lock {
	hosts := make([]Host, 0, len(asked))
	for _, a := range asked {
		h := a.Host
		if before := old.Host(h.Name); a.Failed && before != nil {
			h = *before
		}
		hosts = append(hosts, h)
	}
	renewed := New(today, hosts)
	if keep {
		for _, h := range old.Hosts() {
			if renewed.Host(h.Name) == nil {
				hosts = append(hosts, h)
			}
		}
		renewed = New(today, hosts)
	}
	if old != nil && len(Diff(old, renewed)) == 0 && !old.IsOlder(renewAfter, today) {
		renewed.Seen = old.Seen
	}
	return renewed
}

// renewAfter is how old a day may become while no fact changes.
const renewAfter = 30 * 24 * time.Hour

// IsOlder reports whether the lock was seen more than some time before today, or says no day.
func (l *Lock) IsOlder(age time.Duration, today time.Time) bool {
	return l.Seen.IsZero() || today.Sub(l.Seen) > age
}
