package workspace

import (
	"testing"

	"mx46/testdata/folder"
)

func TestAConfigurationThatAnotherIncludesIsNotReadAgain(t *testing.T) {
	w, err := Open(Options{Root: folder.New(t, map[string]string{
		"named.conf":       `include "named.conf.local";`,
		"named.conf.local": `zone "example.org" { type primary; file "db"; };`,
	})})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	confs, err := w.readConfs([]string{"named.conf", "named.conf.local"})
	if err != nil || len(confs) != 1 || len(confs[0].Zones) != 1 || w.repeated != 0 {
		t.Errorf("%d configurations, %d bytes read beyond their files, %v", len(confs), w.repeated, err)
	}
}
