package lint

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"mx46/zonefiles"
)

// What is kept of very many subjects depends neither on the order of reports nor on who made them.
func TestSubjectsBeyondTheLimitAreTheSameInAnyOrder(t *testing.T) {
	files := &zonefiles.FileSet{}
	file, err := files.Add("db", make([]byte, 5*maxOnce))
	if err != nil {
		t.Fatal(err)
	}
	rule := &Rule{Name: "host", Severity: Note, Once: func(f *Finding, domains int) { f.Message = fmt.Sprint(domains) }}
	var reports []Finding
	for i := range 5 * maxOnce { // of the first half of the hosts three times, of the others twice
		host := zonefiles.MustName(fmt.Sprintf("h%d.example.", i%(2*maxOnce)))
		at := zonefiles.Span{File: file.ID, Start: uint32(i), End: uint32(i)}
		reports = append(reports, Finding{Rule: rule, Severity: Note, Subject: Subject{Owner: host}, Span: at})
	}
	var first map[Subject]Finding
	for seed := range uint64(3) {
		random := rand.New(rand.NewPCG(seed, 0))
		random.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
		all, workers := collector{files: files}, [3]collector{{files: files}, {files: files}, {files: files}}
		for _, f := range reports {
			workers[random.IntN(3)].add(&f)
		}
		for i := range workers {
			all.merge(&workers[i])
		}
		found := map[Subject]Finding{}
		for _, f := range all.listOnce() {
			f.Rule = nil // functions do not compare
			found[f.Subject] = *f
		}
		if first == nil {
			first = found
		}
		if len(found) != maxOnce || !reflect.DeepEqual(found, first) {
			t.Errorf("%d subjects, want the same %d each time", len(found), maxOnce)
		}
	}
	for _, i := range []int{0, maxOnce - 1} {
		f := first[Subject{Owner: zonefiles.MustName(fmt.Sprintf("h%d.example.", i))}]
		if f.Message != "3" || f.Span.Start != uint32(i) {
			t.Errorf("h%d: %s reports, the first at %d; want 3 at %d", i, f.Message, f.Span.Start, i)
		}
	}
}

// Whether findings are too many depends neither on the order of reports nor on who made them, even where of one defect
// there are long ones and short ones, of which one is kept.
func TestFindingsWeighTheSameInAnyOrder(t *testing.T) {
	files := &zonefiles.FileSet{}
	file, err := files.Add("db", make([]byte, 100))
	if err != nil {
		t.Fatal(err)
	}
	rule := &Rule{Name: "long", Severity: Note}
	var reports []Finding
	for i := range 300 { // of each defect one that counts as one, one as two and one as four
		f := Finding{Rule: rule, Severity: Note, Span: zonefiles.Span{File: file.ID, Start: uint32(i % 100), End: 100}}
		switch i / 100 {
		case 0:
			f.Message = strings.Repeat("b", ordinarySize-1)
		case 1:
			f.Message = strings.Repeat("a", ordinarySize)
		default:
			f.Related = make([]Related, 3*ordinarySize/placeSize)
		}
		reports = append(reports, f)
	}
	for seed := range uint64(3) {
		random := rand.New(rand.NewPCG(seed, 0))
		random.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
		for limit, full := range map[int]bool{400: false, 399: true} {
			all := collector{files: files, limit: limit}
			workers := [3]collector{all, all, all}
			for _, f := range reports {
				workers[random.IntN(3)].add(&f)
			}
			for i := range workers {
				all.merge(&workers[i])
			}
			if all.full != full || !full && len(all.found) != 100 {
				t.Errorf("limit %d: %d findings of the weight %d, too many: %t", limit, len(all.found), all.weight, all.full)
			}
		}
	}
}
