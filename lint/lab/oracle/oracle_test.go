package oracle

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"mx46/lint"
	"mx46/rules"
	"mx46/testdata/e2e"
	"mx46/zonefiles/disk"
)

var (
	first   = flag.Uint64("oracle.seed", 1, "the first random domain")
	domains = flag.Int("oracle.domains", 0, "how many; 0: 2,000, or 20,000 where MX46_E2E is 1")
	every   = flag.Int("oracle.every", 0, "of so many runs of mx46 trace one is made; 0: 16, or 1 where MX46_E2E is 1")
	only    = flag.String("oracle.only", "", "pattern of the differences that count, by kind and flags")
	shown   = flag.Int("oracle.show", 10, "of how many kinds of differences an example is cut down")
)

// comparison is what the model and mx46 say of some domains.
type comparison struct {
	root      *disk.Root
	catalog   []*lint.Rule
	only      *regexp.Regexp
	every     int
	domains   int
	differing int
	questions int
	kinds     map[string]*kind
}

// kind is a kind of difference.
type kind struct {
	domains int
	seed    uint64 // of the first domain
}

// difference is where the model and mx46 part.
type difference struct {
	kind  string
	flags string
	text  string
}

func newComparison(t testing.TB) *comparison {
	t.Helper()
	root, err := disk.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	c := &comparison{
		root: root, catalog: rules.All(), only: regexp.MustCompile(*only), every: *every, domains: *domains,
		kinds: map[string]*kind{},
	}
	if c.every == 0 {
		c.every = 16
		if e2e.All() {
			c.every = 1
		}
	}
	if c.domains == 0 {
		c.domains = 2000
		if e2e.All() {
			c.domains = 20_000
		}
	}
	return c
}

// TestRandomDomains asks mx46 lint and mx46 trace of random domains what it asks the model. Of a difference it shows
// the smallest domain that has it, and what to ask.
func TestRandomDomains(t *testing.T) {
	c := newComparison(t)
	seeds := make(chan uint64)
	var workers sync.WaitGroup
	var lock sync.Mutex
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed := range seeds {
				n, found := c.judge(t, randomWorld(seed), seed)
				lock.Lock()
				c.note(seed, n, found)
				lock.Unlock()
			}
		})
	}
	for i := range c.domains {
		seeds <- *first + uint64(i)
	}
	close(seeds)
	workers.Wait()
	t.Logf("%d domains, %d questions, differences in %d domains", c.domains, c.questions, c.differing)
	names := slices.SortedFunc(maps.Keys(c.kinds), func(a, b string) int {
		return cmp.Or(c.kinds[b].domains-c.kinds[a].domains, cmp.Compare(a, b))
	})
	for i, name := range names {
		text := ""
		if i < *shown {
			text = "\n" + c.smallest(t, name)
		}
		t.Errorf("%d domains, seed %d first: %s%s", c.kinds[name].domains, c.kinds[name].seed, name, text)
	}
}

// note counts what was found of a domain.
func (c *comparison) note(seed uint64, questions int, found []difference) {
	c.questions += questions
	if len(found) > 0 {
		c.differing++
	}
	met := map[string]bool{}
	for _, d := range found {
		if met[d.kind] {
			continue
		}
		met[d.kind] = true
		k := c.kinds[d.kind]
		if k == nil {
			k = &kind{seed: seed}
			c.kinds[d.kind] = k
		}
		k.domains++
		k.seed = min(k.seed, seed)
	}
}

// smallest cuts the first domain of a kind down, and says what to ask about it.
func (c *comparison) smallest(t testing.TB, name string) string {
	seed := c.kinds[name].seed
	of := func(w *world) []difference {
		_, found := c.judge(t, w, seed)
		return slices.DeleteFunc(found, func(d difference) bool { return d.kind != name })
	}
	c.every = 1
	w := minimal(randomWorld(seed), func(w *world) bool { return len(of(w)) > 0 })
	d := of(w)[0]
	return fmt.Sprintf("%smx46 %s: %s", w, d.flags, d.text)
}

// judge asks the model and mx46 about one world. The seed chooses the questions, where not all are asked.
func (c *comparison) judge(t testing.TB, w *world, seed uint64) (questions int, found []difference) {
	p := w.picture()
	m := load(t, c.root, c.catalog, p)
	want, got := p.verdicts(), m.verdicts(t)
	both := maps.Clone(want)
	maps.Copy(both, got)
	for rule := range both {
		questions++
		if d := differ(rule, want[rule], got[rule]); d.kind != "" {
			found = append(found, d)
		}
	}
	choice := rand.New(rand.NewPCG(seed, 46))
	for _, q := range p.questions() {
		if choice.IntN(c.every) > 0 {
			continue
		}
		n, more := m.compare(t, q)
		questions += n
		found = append(found, more...)
	}
	return questions, slices.DeleteFunc(found, func(d difference) bool {
		return !c.only.MatchString(d.kind + " " + d.flags)
	})
}

// compare asks the model what it asks mx46 trace.
func (p *program) compare(t testing.TB, q question) (questions int, found []difference) {
	flags := "trace " + q.flags()
	ends, err := p.ask(t, q)
	if q.as != "" && p.sendsUndecided(p.machine[q.as]) {
		if err == nil {
			found = append(found, difference{"trace knows too much", flags, "how the host sends is not known"})
		}
		return 1, found
	}
	if err != nil {
		return 1, []difference{{"trace refuses to say", flags, err.Error()}}
	}
	for _, e := range ends {
		if want := p.outcomes(e.sender, e.outage); !slices.Equal(want, e.outcomes) {
			kind := fmt.Sprintf("trace says %s for %s", kinds(e.outcomes), kinds(want))
			text := fmt.Sprintf("mx46 says %s, the model %s", p.show(e.outcomes), p.show(want))
			found = append(found, difference{kind, "trace " + e.flags, text})
		}
	}
	return len(ends), found
}

// differ compares what is reported of one rule.
func differ(rule string, want, got map[string]bool) difference {
	kind := ""
	got = nameOthers(want, got)
	for about := range got {
		if !want[about] {
			kind = rule + " is too much"
		}
	}
	for about := range want {
		if !got[about] {
			kind = rule + " is missing"
		}
	}
	has, wants := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))
	return difference{kind, "lint", fmt.Sprintf("mx46 has %q, the model %q", has, wants)}
}

// nameOthers names the machines that a message counts, where as many are due.
func nameOthers(want, got map[string]bool) map[string]bool {
	named := maps.Clone(got)
	for about := range got {
		subject, number, ok := strings.Cut(about, othersMark)
		if !ok {
			continue
		}
		var due []string
		for other := range want {
			if strings.HasPrefix(other, subject) && !got[other] {
				due = append(due, other)
			}
		}
		if strconv.Itoa(len(due)) == number {
			delete(named, about)
			for _, other := range due {
				named[other] = true
			}
		}
	}
	return named
}

// sendsUndecided reports whether the families that a host sends in depend on the unknown.
func (p *picture) sendsUndecided(machine int) bool {
	return slices.ContainsFunc(p.all, func(v values) bool {
		return p.sending(machine, v, false) != p.sending(machine, p.all[0], false)
	})
}

// kinds are the kinds of some outcomes.
func kinds(list []outcome) string {
	var words []string
	for _, o := range list {
		words = append(words, o.kind)
	}
	return strings.Join(slices.Compact(words), "+")
}

// show lists outcomes.
func (p *picture) show(list []outcome) string {
	var words []string
	for _, o := range list {
		w := o.kind
		if o.machine >= 0 {
			w += " at " + strings.Join(p.namesOf(o.machine), "=")
		}
		if o.relayed {
			w += " relayed"
		}
		if o.status != "" && o.status != "2.0.0" {
			w += " " + o.status
		}
		words = append(words, w)
	}
	return strings.Join(words, ", ")
}
