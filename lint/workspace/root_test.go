package workspace

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/folder"
	"mx46/zonefiles/disk"
)

func TestNoRootIsGuessedThatHoldsAllOrAPersonsFiles(t *testing.T) {
	dir := folder.New(t, map[string]string{"home/me/.git": "", "home/me/zones/db.a": "", "home/me/mail/db.b": "", "home/me/own/.git": "", "home/me/own/zones/db.d": "", "repo/.git": "", "repo/db.c": ""})
	home := filepath.Join(dir, "home/me")
	t.Setenv("HOME", home)
	for _, test := range []struct {
		name, here, want string // want is empty where no root is guessed
		paths            []string
	}{
		{"two paths of the home folder", "repo", "", []string{home + "/zones/db.a", home + "/mail/db.b"}},
		{"a path of the home folder and one elsewhere", "repo", "", []string{home + "/zones/db.a", dir + "/home/x"}},
		{"paths that have only the whole disk in common", "repo", "", []string{dir + "/repo", "/usr"}},
		{"the home folder", "home/me", "", nil},
		{"paths of the home folder, seen from there", "home/me", "", []string{"zones/db.a", "mail/db.b"}},
		{"one folder of the home folder, seen from there", "home/me", "home/me/zones", []string{"zones"}},
		{"a file of a repository in the home folder, seen from there", "home/me", "home/me/own", []string{"own/zones/db.d"}},
		{"a repository in the home folder, seen from above it", "home", "home/me/own", []string{home + "/own/zones"}},
		{"a folder in it, of which the repository is not that of the home folder", "home/me/zones", "home/me/zones", nil},
		{"a repository", "repo", "repo", []string{"db.c"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(filepath.Join(dir, test.here))
			w, err := Open(Options{Paths: test.paths})
			if test.want == "" {
				if err == nil || !strings.Contains(err.Error(), "name one with --root") {
					t.Errorf("the error is %v", err)
				}
				return
			}
			if err != nil || w.RootPath() != filepath.Join(dir, test.want) {
				t.Errorf("the root is %v (%v), want %s", w, err, test.want)
			}
		})
	}
}

func TestWhatOthersPutAboveTheWorkingFolderIsNotObeyed(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give files to others")
	}
	const me, other = 12345, 54321
	for _, test := range []struct {
		name      string
		gitOwner  int // of shared/.git
		dirOwner  int // of shared
		confOwner int // of shared/.mx46.yaml
		root      string
		hasConfig bool
	}{
		{"all mine", me, me, me, "shared", true},
		{"all root's", 0, 0, 0, "shared", true},
		{"another's .git in a folder that is open to all", other, 0, me, "shared/mine/dns", false},
		{"another's configuration", me, 0, other, "shared", false},
		{"another's folder", me, other, me, "shared/mine/dns", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := folder.New(t, map[string]string{
				"shared/.git/HEAD": "", "shared/.mx46.yaml": "stack: ipv4\n", "shared/.mx46.hosts": "", "shared/mine/dns/db.a": "",
			})
			for name, owner := range map[string]int{
				"shared": test.dirOwner, "shared/.git": test.gitOwner, "shared/.mx46.yaml": test.confOwner,
				"shared/.mx46.hosts": test.confOwner, "shared/mine": me, "shared/mine/dns": me,
			} {
				if err := os.Chown(filepath.Join(dir, name), owner, owner); err != nil {
					t.Fatal(err)
				}
			}
			t.Chdir(filepath.Join(dir, "shared/mine/dns"))
			w, err := Open(Options{})
			if err != nil {
				t.Fatal(err)
			}
			if w.RootPath() != filepath.Join(dir, test.root) || (w.ConfigName() != "") != test.hasConfig {
				t.Errorf("the root is %s with the configuration %q, want %s", w.RootPath(), w.ConfigName(), test.root)
			}
		})
	}
}

func TestWhatTheCommandLineNamesIsNeverALinkOfTheRoot(t *testing.T) {
	dir := folder.New(t, map[string]string{"outside": "secret", "root/.git": "", "root/sub/x": "x", "root/zone": "zone"})
	root := filepath.Join(dir, "root")
	for name, target := range map[string]string{"away": "../outside", "to-zone": "zone", "away-folder": "..", "gone": "new", "sub/here": "."} {
		folder.Symlink(t, target, filepath.Join(root, name))
	}
	folder.Symlink(t, "root", filepath.Join(dir, "root-link"))
	t.Chdir(root)
	w, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	write := func(to io.Writer) error {
		_, err := io.WriteString(to, "written")
		return err
	}
	for name, want := range map[string]error{
		"away": disk.ErrLink, "to-zone": disk.ErrLink, "gone": disk.ErrLink, "away-folder/outside": disk.ErrOutsideRoot,
		dir + "/root-link/away": disk.ErrLink, "sub/here/report": nil, "report": nil, dir + "/report": nil,
	} {
		if err := w.WritePath(name, write); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		if text, err := w.ReadPath(name, 100); err == nil && string(text) == "secret" {
			t.Errorf("%s is read out of the root", name)
		}
	}
	if folder.Mkfifo(filepath.Join(root, "fifo")) == nil {
		if err := w.WritePath("fifo", write); !errors.Is(err, disk.ErrNotRegular) {
			t.Errorf("a FIFO: %v", err)
		}
	}
	for name, want := range map[string]string{"outside": "secret", "root/zone": "zone", "report": "written", "root/report": "written"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != want {
			t.Errorf("%s holds %q (%v), want %q", name, text, err, want)
		}
	}
}
