package lint

import (
	"os"
	"path/filepath"
	"slices"
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
		d := &OnDisk{run: run, spool: run.newSpool(func(a, b weighed) int { return run.comparePlaces(a.Finding, b.Finding) })}
		for i := range c.first + c.there {
			at := uint32(min(i, c.first))
			d.spool.add(weighed{&Finding{Rule: rule, Span: zonefiles.Span{Start: at, End: at + 1}}, 1})
		}
		var sizes []int
		for batch, err := range d.Batches() {
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
