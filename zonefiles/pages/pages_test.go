package pages

import "testing"

func TestSlicesAreEmptyAndWritable(t *testing.T) {
	for _, capacity := range []int{0, 1, 1000, size, 3*size + 5} {
		s := Make[[3]uint32](capacity/2, capacity)
		if len(s) != capacity/2 || cap(s) < capacity {
			t.Fatalf("Make(%d, %d) has length %d and capacity %d", capacity/2, capacity, len(s), cap(s))
		}
		s = s[:capacity]
		for i := range s {
			if s[i] != [3]uint32{} {
				t.Fatalf("element %d of %d is %v", i, capacity, s[i])
			}
			s[i] = [3]uint32{1, 2, 3}
		}
	}
}
