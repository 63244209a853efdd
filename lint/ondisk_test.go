package lint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"mx46/zonefiles"
)

// TestABatchEndsWhereAPlaceDoes reads batches whose limit is within, before and after several findings at one place.
func TestABatchEndsWhereAPlaceDoes(t *testing.T) {
	rule := &Rule{Name: "r"}
	for _, c := range []struct {
		first, there int // findings of places of their own, and after them those of one place
		batches      []int
	}{
		{spoolBatch - 1, 0, []int{spoolBatch - 1}},
		{spoolBatch, 0, []int{spoolBatch}},
		{spoolBatch - 1, 1, []int{spoolBatch}},
		{spoolBatch - 1, 2, []int{spoolBatch + 1}},
		{spoolBatch, 1, []int{spoolBatch, 1}},
		{spoolBatch, 3, []int{spoolBatch, 3}},
		{spoolBatch - 2, spoolPart, []int{spoolBatch - 2 + spoolPart}},
	} {
		run := &Run{Files: &zonefiles.FileSet{}, Rules: []*Rule{rule}, Temporary: func() (Temporary, error) {
			return os.Create(filepath.Join(t.TempDir(), "spool"))
		}}
		if _, err := run.Files.Add("zone", make([]byte, 2*spoolBatch)); err != nil {
			t.Fatal(err)
		}
		d := &OnDisk{spool: run.newPlaces()}
		for i := range c.first + c.there {
			at := uint32(min(i, c.first))
			d.spool.add(run.placed(&Finding{Rule: rule, Span: zonefiles.Span{Start: at, End: at + 1}}))
		}
		var sizes []int
		for batch, err := range d.Batches(c.there%2 == 0) {
			if err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, len(batch))
		}
		if !slices.Equal(sizes, c.batches) {
			t.Errorf("%d findings and %d at one place are in batches of %d, want %d", c.first, c.there, sizes, c.batches)
		}
		d.Close()
	}
}

// counted is a temporary file whose size counts.
type counted struct {
	*os.File
	size  int
	total *atomic.Int64
}

func (c *counted) Write(b []byte) (int, error) {
	c.size += len(b)
	c.total.Add(int64(len(b)))
	return c.File.Write(b)
}

func (c *counted) Close() error {
	c.total.Add(-int64(c.size))
	return c.File.Close()
}

// spilling lints zones that all find the same, and one thing of their own, with so many findings in memory. It gives the
// messages, and how many bytes were on the disk at most.
func spilling(t *testing.T, zones, same, inMemory, limit, jobs int) (messages []string, most int64, err error) {
	dir, total := t.TempDir(), new(atomic.Int64)
	files := &zonefiles.FileSet{}
	loader := zonefiles.NewLoader(nil)
	loader.Files = files
	var views []*zonefiles.Zone
	for i := range zones + 1 {
		file, err := files.Add(fmt.Sprintf("z%d.example", i), []byte("@ 60 SOA ns h 1 2 3 4 5\nmx 60 A 192.0.2.1\n"))
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			origin := zonefiles.MustName(fmt.Sprintf("z%d.example.", i))
			views = append(views, loader.Parse(file, &origin))
		}
	}
	var peak atomic.Int64
	run := &Run{
		Files: files, Views: [][]*zonefiles.Zone{views}, Jobs: jobs, MaxFindings: limit, InMemory: inMemory,
		Rules: []*Rule{{Name: "r", Severity: Note, Zone: func(p *Pass) {
			for range 1000 {
				if now, old := total.Load(), peak.Load(); now <= old || peak.CompareAndSwap(old, now) {
					break
				}
			}
			for i := range same {
				p.Report(Finding{Span: zonefiles.Span{Start: uint32(i)}, Message: "same", Subject: Subject{Owner: zonefiles.Name(fmt.Sprint(i % 3))}})
			}
			own := zonefiles.Span{File: p.Source.File, End: 1}
			p.Report(Finding{Span: own, Message: "own", Subject: Subject{Owner: p.Source.Origin}})
		}}},
	}
	if inMemory > 0 {
		run.Temporary = func() (Temporary, error) {
			file, err := os.CreateTemp(dir, "spool")
			return &counted{file, 0, total}, err
		}
	}
	result, err := run.Lint(t.Context())
	show := func(findings []Finding) {
		for _, f := range findings {
			messages = append(messages, fmt.Sprint(f.Span, f.Message, f.Subject, f.Zone))
		}
	}
	if show(result.Findings); result.OnDisk != nil {
		for batch, err := range result.OnDisk.Batches(false) {
			if show(batch); err != nil {
				t.Error(err)
			}
		}
		if n := result.OnDisk.Counts[Note]; n != len(messages) {
			t.Errorf("%d findings are counted, of %d", n, len(messages))
		}
		result.OnDisk.Close()
	}
	if left := total.Load(); left != 0 {
		t.Errorf("%d bytes are left on the disk", left)
	}
	return messages, peak.Load(), err
}

// TestFindingsOnDiskAreThoseInMemory has findings that each zone makes, and others, around what fits into memory and
// around the limit.
func TestFindingsOnDiskAreThoseInMemory(t *testing.T) {
	const zones, same = 30, 10
	want, _, err := spilling(t, zones, same, 0, 0, 1)
	if len(want) != zones+same || err != nil {
		t.Fatalf("%d findings, %v", len(want), err)
	}
	for _, inMemory := range []int{1, 2, same, same + 1, same + 2, zones + same - 1, zones + same, zones + same + 1} {
		for _, jobs := range []int{1, 2, 4} {
			for _, limit := range []int{0, 1, same, zones + same - 1, zones + same, zones + same + 1} {
				got, _, err := spilling(t, zones, same, inMemory, limit, jobs)
				tooMany := limit > 0 && limit < zones+same
				if errors.Is(err, ErrTooMany) != tooMany || !tooMany && !slices.Equal(got, want) {
					t.Errorf("%d in memory, %d jobs, limit %d: %d findings, %v", inMemory, jobs, limit, len(got), err)
				}
			}
		}
	}
}

// TestWhatIsFoundAgainAndAgainDoesNotFillTheDisk has zones of which each finds the same.
func TestWhatIsFoundAgainAndAgainDoesNotFillTheDisk(t *testing.T) {
	const zones, same = 400, 50
	var most []int64
	for _, limit := range []int{0, zones + same} { // without one, all that is found is there
		got, peak, err := spilling(t, zones, same, 20, limit, 2)
		if len(got) != zones+same || err != nil {
			t.Fatalf("%d findings, %v", len(got), err)
		}
		most = append(most, peak)
	}
	if most[1] == 0 || most[1] > most[0]/4 {
		t.Errorf("%d bytes are on the disk, and %d with a limit", most[0], most[1])
	}
}
