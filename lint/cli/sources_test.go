package cli

import (
	"os"
	"path/filepath"
	"testing"

	"mx46/lint/config"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

func TestAConfigurationThatAnotherIncludesIsNotReadAgain(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"named.conf":       `include "named.conf.local";`,
		"named.conf.local": `zone "example.org" { type primary; file "db"; };`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := disk.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	w := &workspace{config: config.New(), loader: zonefiles.NewLoader(root)}
	confs, err := w.readConfs([]string{"named.conf", "named.conf.local"})
	if err != nil || len(confs) != 1 || len(confs[0].Zones) != 1 || w.repeated != 0 {
		t.Errorf("%d configurations, %d bytes read beyond their files, %v", len(confs), w.repeated, err)
	}
}
