package lint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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
	s := run.newPlaces()
	defer s.close()
	for i := range n {
		s.add(run.placed(&want[i*7919%n]))
	}
	for range 2 {
		var got []Finding
		for f, err := range s.all(false) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, *f.Finding)
		}
		if !slices.EqualFunc(got, want, func(a, b Finding) bool { return reflect.DeepEqual(a, b) }) {
			t.Fatalf("%d findings of %d, or in another order", len(got), n)
		}
	}
	if len(s.parts) != 2 || len(s.held) != 100 {
		t.Errorf("they were in %d parts, and %d in memory", len(s.parts), len(s.held))
	}
	for f, err := range s.all(true) {
		if err != nil || f.Message != "" && len(f.Related) == 0 || f.Subject.Owner == "" {
			t.Fatalf("%v: it is brief: %+v", err, f.Finding)
		}
	}
	groups := 0
	for group, err := range s.groups(10, false, func(a, b placed) bool { return a.Span.Start == b.Span.Start }) {
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

// noFolder is where no temporary file can be made.
func noFolder() (Temporary, error) { return nil, errors.New("there is no temporary folder") }

// TestFewFindingsNeedNoFile reads a few twice, where no temporary file is made.
func TestFewFindingsNeedNoFile(t *testing.T) {
	run := &Run{Files: &zonefiles.FileSet{}, Rules: []*Rule{{}}, Temporary: func() (Temporary, error) {
		t.Error("a temporary file is made")
		return noFolder()
	}}
	s := run.newSpool()
	defer s.close()
	for _, owner := range []zonefiles.Name{"b", "c", "a"} {
		s.add(weighed{&Finding{Rule: run.Rules[0], Subject: Subject{Owner: owner}}, 1})
	}
	for range 2 {
		var got zonefiles.Name
		for f, err := range s.all(false) {
			if err != nil {
				t.Fatal(err)
			}
			got += f.Subject.Owner
		}
		if got != "abc" {
			t.Errorf("they are %q", got)
		}
	}
}

// fullDisk holds so many more writes.
type fullDisk struct {
	Temporary
	left int
}

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.left == 0 {
		n, err := d.Temporary.Write(b[:len(b)/2])
		return n, errors.Join(err, errors.New("the disk is full"))
	}
	d.left--
	return d.Temporary.Write(b)
}

// TestWhatHasNoFileStaysInMemory adds many where a file cannot be made, or no more can be written to it.
func TestWhatHasNoFileStaysInMemory(t *testing.T) {
	for name, temporary := range map[string]func() (Temporary, error){
		"no folder": noFolder,
		"full disk": func() (Temporary, error) {
			file, err := os.Create(filepath.Join(t.TempDir(), "spool"))
			return &fullDisk{file, 1}, err
		},
	} {
		run := &Run{Files: &zonefiles.FileSet{}, Rules: []*Rule{{}}, Temporary: temporary}
		s := run.newSpool()
		for i := range 4 * spoolPart {
			s.add(weighed{&Finding{Rule: run.Rules[0], Subject: Subject{Owner: zonefiles.Name(fmt.Sprint(i % 7))}}, i})
		}
		sum, last := 0, zonefiles.Name("")
		for f, err := range s.all(false) {
			if err != nil || f.Subject.Owner < last {
				t.Fatalf("%s: %v, %s after %s", name, err, f.Subject.Owner, last)
			}
			sum, last = sum+f.weight, f.Subject.Owner
		}
		if n := 4 * spoolPart; sum != n*(n-1)/2 || s.isOnDisk() != (name == "full disk") {
			t.Errorf("%s: some are missing, or in the wrong place", name)
		}
		s.close()
	}
}

// TestAFileThatIsCutIsAnError reads what somebody has cut.
func TestAFileThatIsCutIsAnError(t *testing.T) {
	var file *os.File
	run := &Run{Files: &zonefiles.FileSet{}, Rules: []*Rule{{}}, Temporary: func() (_ Temporary, err error) {
		file, err = os.Create(filepath.Join(t.TempDir(), "spool"))
		return file, err
	}}
	s := run.newSpool()
	defer s.close()
	for range 2 * spoolPart {
		s.add(weighed{&Finding{Rule: run.Rules[0]}, 1})
	}
	for _, size := range []int64{s.size - 1, s.parts[0].end, 0} {
		if err := file.Truncate(size); err != nil {
			t.Fatal(err)
		}
		failed := false
		for _, err := range s.all(false) {
			failed = failed || err != nil
		}
		if !failed {
			t.Errorf("%d octets of %d are enough", size, s.size)
		}
	}
}
