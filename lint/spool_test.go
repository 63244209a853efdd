package lint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mx46/zonefiles"
)

// TestASpoolSortsMoreThanItHolds adds findings of several parts in no order, and reads them twice.
func TestASpoolSortsMoreThanItHolds(t *testing.T) {
	const n = 2*spoolPart + 100
	rule := &Rule{Name: "r"}
	run := &Run{Files: &zonefiles.FileSet{}, Rules: []*Rule{{Name: "other"}, rule}, Temporary: func() (Temporary, error) {
		return os.Create(filepath.Join(t.TempDir(), "spool"))
	}}
	for range 2 {
		if _, err := run.Files.Add("zone", []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	var want []Finding
	for i := range n {
		want = append(want, Finding{
			Rule: rule, Severity: Warning, Zone: "a.", Subject: Subject{zonefiles.Name(fmt.Sprintf("%06d.", i)), "\xff"},
			Span: zonefiles.Span{File: 1, Start: uint32(i / 3), End: uint32(i)}, Message: "m", Help: "h",
			Related: []Related{{zonefiles.Span{File: 1, End: 2}, "there", true}},
			Fixes:   []Fix{{"fix", true, []Edit{{zonefiles.Span{File: 1, Start: 1}, "new"}}}},
		})
	}
	s := run.newSpool(func(a, b weighed) int { return run.comparePlaces(a.Finding, b.Finding) })
	defer s.close()
	for i := range n {
		s.add(weighed{&want[i*7919%n], i % 5})
	}
	for range 2 {
		var got []Finding
		for f, err := range s.all() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, *f.Finding)
		}
		if !slices.EqualFunc(got, want, func(a, b Finding) bool { return reflect.DeepEqual(a, b) }) {
			t.Fatalf("%d findings of %d, or in another order", len(got), n)
		}
	}
	if len(s.ends) != 3 {
		t.Errorf("they were in %d parts", len(s.ends))
	}
	groups := 0
	for group, err := range s.groups(10, func(a, b weighed) bool { return a.Span.Start == b.Span.Start }) {
		if err != nil {
			t.Fatal(err)
		}
		if groups += len(group); groups < n && len(group) != 12 {
			t.Fatalf("a group of %d", len(group))
		}
	}
	if groups != n {
		t.Errorf("%d of %d findings in groups", groups, n)
	}
}

// TestFewFindingsNeedNoFile reads a few twice, where no temporary file can be made.
func TestFewFindingsNeedNoFile(t *testing.T) {
	run := &Run{Files: &zonefiles.FileSet{}, Rules: []*Rule{{}}, Temporary: func() (Temporary, error) {
		return nil, errors.New("there is no temporary folder")
	}}
	s := run.newSpool(func(a, b weighed) int { return strings.Compare(a.Message, b.Message) })
	defer s.close()
	for _, message := range []string{"b", "c", "a"} {
		s.add(weighed{&Finding{Rule: run.Rules[0], Message: message}, 1})
	}
	for range 2 {
		var got string
		for f, err := range s.all() {
			if err != nil {
				t.Fatal(err)
			}
			got += f.Message
		}
		if got != "abc" {
			t.Errorf("they are %q", got)
		}
	}
}

// TestASpoolWithoutAFileIsAnError asks for a temporary file where there is no room for one.
func TestASpoolWithoutAFileIsAnError(t *testing.T) {
	type none struct{ Temporary }
	full := errors.New("the disk is full")
	run := &Run{Files: &zonefiles.FileSet{}, Rules: []*Rule{{}}, Temporary: func() (Temporary, error) {
		return (*none)(nil), full
	}}
	s := run.newSpool(func(weighed, weighed) int { return 0 })
	defer s.close()
	for range 2 * spoolPart {
		s.add(weighed{&Finding{Rule: run.Rules[0]}, 1})
	}
	if len(s.held) > spoolPart {
		t.Errorf("%d findings wait in memory for nothing", len(s.held))
	}
	for _, err := range s.all() {
		if !errors.Is(err, full) {
			t.Errorf("the error is %v", err)
		}
	}
}
