package discover

import (
	"cmp"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"mx46/testdata/corpus"
	"mx46/testdata/e2e"
	"mx46/testdata/root"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// whyNotFound is why a search of a zone's folder does not find it; empty where it does.
func whyNotFound(found *Found, name string) string {
	if slices.Contains(found.Zones, name) || found.Links[name] != "" {
		return ""
	}
	for _, a := range slices.Concat(found.SetAside, found.Unreadable) {
		if a.Path == name {
			return a.Reason
		}
	}
	for _, u := range found.Unread {
		if u.Path == name {
			return u.Message
		}
	}
	return "nothing is said of it"
}

func searchOf(t *testing.T, opened *disk.Root, folder string) *Found {
	t.Helper()
	found, err := Search(opened, folder)
	if err != nil {
		t.Fatal(err)
	}
	return &found
}

// Whatever named-checkzone loads is found in its folder, or is the copy of such a zone.
func TestWhatBINDLoadsIsFound(t *testing.T) {
	dir := corpus.Folder(t)
	e2e.Slow(t)
	e2e.Require(t, "named-checkzone")
	zones, err := corpus.Zones(dir)
	if err != nil {
		t.Fatal(err)
	}
	opened := root.Open(t, dir)
	folders := map[string]*Found{}
	loaded, copies := 0, 0
	for _, zone := range zones {
		if !loads(filepath.Join(dir, zone.Path), zone.Origin) {
			continue
		}
		loaded++
		folder := path.Dir(zone.Path)
		if folders[folder] == nil {
			folders[folder] = searchOf(t, opened, folder)
		}
		switch why := whyNotFound(folders[folder], zone.Path); {
		case why == "it is the signed copy of a zone beside it":
			copies++
		case why != "":
			t.Errorf("%s is a zone for named-checkzone, and is not found: %s", zone.Path, why)
		}
	}
	t.Logf("named-checkzone loads %d of %d zones; %d of these are signed copies of zones beside them", loaded, len(zones), copies)
	if loaded < 500 {
		t.Errorf("named-checkzone loads %d zones, want 500", loaded)
	}
}

// The property can fail: a zone that is hidden is not found.
func TestAHiddenZoneIsNotFound(t *testing.T) {
	e2e.Require(t, "named-checkzone")
	opened, dir := root.New(t, map[string]string{"seen": tinyZone, "hidden": tinyZone, ".gitignore": "hidden\n"})
	found := searchOf(t, opened, ".")
	for name, want := range map[string]string{"seen": "", "hidden": "nothing is said of it"} {
		if !loads(filepath.Join(dir, name), "example.org") {
			t.Errorf("named-checkzone refuses %s", name)
		}
		if got := whyNotFound(found, name); got != want {
			t.Errorf("%s is not found: %q, want %q", name, got, want)
		}
	}
}

// loads reports whether BIND loads a zone, in its folder.
func loads(file, origin string) bool {
	cmd := exec.Command("named-checkzone", "-i", "local", cmp.Or(origin, zonefiles.Root.String()), filepath.Base(file))
	cmd.Dir = filepath.Dir(file)
	return cmd.Run() == nil
}
