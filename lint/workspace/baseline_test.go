package workspace

import (
	"strings"
	"testing"
)

func TestABaselineIsReadBelowTheRoot(t *testing.T) {
	w := open(t, map[string]string{
		".mx46.yaml": "baseline: known", "known": "mx46 baseline 1\n. . r t 1\n", "faulty": "mx46 baseline 1\n. .\n",
	})
	known, err := w.Baseline(w.Config().Baseline.Value)
	if err != nil || known.Name != "known" || !strings.HasPrefix(string(known.Text), "mx46") {
		t.Fatalf("%v, %v", known, err)
	}
	if none, err := w.Baseline(""); none != nil || err != nil {
		t.Errorf("%v, %v", none, err)
	}
	for name, want := range map[string]string{
		"gone": "no such file", "faulty": "faulty:2:3: the line holds no owner here", "../out": "lies outside",
	} {
		if _, err := w.Baseline(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}
