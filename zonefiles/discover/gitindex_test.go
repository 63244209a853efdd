package discover

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"mx46/testdata/folder"
	"mx46/testdata/root"
)

// repository makes a git repository, with a hash function of its own, and has git track some of its files.
func repository(t *testing.T, files map[string]string, hash, version string, track ...string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: ", err)
	}
	dir := folder.New(t, files)
	for _, args := range [][]string{
		{"init", "-q", "--object-format=" + hash},
		append([]string{"add", "-f"}, track...),
		{"update-index", "--index-version", version},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return dir
}

func TestWhatGitTracksIsKnownInEveryVersionOfItsIndex(t *testing.T) {
	files := map[string]string{"a": "", "zones/db.example.org": "", "zones/more/db.example.net": "", "zonesandmore": "", "untracked": ""}
	want := trackedNames{"a", "zones/db.example.org", "zones/more/db.example.net", "zonesandmore"}
	for _, hash := range []string{"sha1", "sha256"} {
		for _, version := range []string{"2", "3", "4"} {
			t.Run(hash+" "+version, func(t *testing.T) {
				dir := repository(t, files, hash, version, "a", "zones", "zonesandmore")
				got := trackedFiles(root.Open(t, dir))
				if !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
				for name, want := range map[string]bool{"a": true, "zones": true, "zones/more": true, "zonesandmor": false, "z": false, "untracked": false, "a/b": false} {
					if got.holds(name) != want {
						t.Errorf("%s is tracked: %v, want %v", name, !want, want)
					}
				}
			})
		}
	}
}

func TestIgnoredFilesAreReadWhereGitTracksThem(t *testing.T) {
	files := map[string]string{
		".gitignore": "*\n", "zones/db.example.org": tinyZone, "zones/db.example.net": tinyZone,
		"build/.gitignore": "", "build/out/db.example.com": tinyZone, "build/out/db.example": tinyZone,
	}
	dir := repository(t, files, "sha1", "2", "zones/db.example.org", "build/out/db.example.com")
	found, err := Search(root.Open(t, dir), ".")
	got := found.Zones
	if want := []string{"build/out/db.example.com", "zones/db.example.org"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestAFolderThatIsIgnoredHidesWhatGitDoesNotTrackInIt(t *testing.T) {
	files := map[string]string{".gitignore": "build/\n", "build/db.example.org": tinyZone, "build/db.example.net": tinyZone}
	dir := repository(t, files, "sha1", "2", "build/db.example.org")
	found, err := Search(root.Open(t, dir), ".")
	if err != nil || len(found.Zones) != 1 || found.Zones[0] != "build/db.example.org" || found.Ignored != 1 {
		t.Errorf("%s, %v", describeFound(found), err)
	}
}

// FuzzGitIndex reads indexes that chance has made: whatever they hold, they name files and nothing more.
func FuzzGitIndex(f *testing.F) {
	for _, version := range []string{"2", "4"} {
		if _, err := exec.LookPath("git"); err != nil {
			continue
		}
		dir := f.TempDir()
		for _, args := range [][]string{{"init", "-q"}, {"update-index", "--index-version", version}, {"add", "."}} {
			os.WriteFile(filepath.Join(dir, "db.example.org"), nil, 0o600)
			cmd := exec.Command("git", args...)
			cmd.Dir = dir
			if err := cmd.Run(); err != nil {
				f.Fatal(err)
			}
		}
		index, err := os.ReadFile(filepath.Join(dir, gitIndex))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(index)
	}
	f.Fuzz(func(t *testing.T, index []byte) {
		if len(index) < headerOctets {
			return
		}
		for _, version := range []uint32{2, 3, 4} {
			names, ok := indexNames(index[headerOctets:], version, len(index), sha1Octets)
			for _, name := range names {
				if ok && name == "" {
					t.Error("an empty name")
				}
			}
			if len(names) > len(index) {
				t.Error("more names than octets")
			}
		}
	})
}
