package zonefiles

import "testing"

func TestTTLsHaveUnitsAsInBIND(t *testing.T) {
	for text, want := range map[string]uint32{
		"0": 0, "3600": 3600, "1h30m": 5400, "1W2d3H4m5s": 788645, "4294967295": 1<<32 - 1, "0w": 0,
	} {
		if got, ok := parseTTL([]byte(text)); !ok || got != want {
			t.Errorf("%s is read as %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "h", "1h30", "1x", "-1", "4294967296", "7102w", "99999999999999999999s"} {
		if got, ok := parseTTL([]byte(text)); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestTimesAreDatesWithSeconds(t *testing.T) {
	for text, want := range map[string]bool{
		"20260131235959": true, "20260431000000": false, "20240229000000": true, "20250229000000": false, "21000229000000": false,
		"20260128235959": true, "20261301000000": false, "20260028000000": false, "20260128240000": false,
		"20260128006000": false, "20260128000060": true, "20260128000061": false, "2026012800000": false, "2026012800000x": false,
	} {
		if got := isTime([]byte(text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
