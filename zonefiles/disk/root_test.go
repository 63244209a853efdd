package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mx46/testdata/folder"
)

// newRoot makes a folder of files and opens it until the test ends.
func newRoot(t testing.TB, files map[string]string) (*Root, string) {
	t.Helper()
	dir := folder.New(t, files)
	return openRoot(t, dir), dir
}

func openRoot(t testing.TB, dir string) *Root {
	t.Helper()
	r, err := OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestRootReadsAFileOfExactlyTheLimit(t *testing.T) {
	r, _ := newRoot(t, map[string]string{"zones/db.example": "12345678", "empty": ""})
	for _, test := range []struct {
		name  string
		limit int64
		want  string
		err   error
	}{
		{"zones/db.example", 1000, "12345678", nil},
		{"./zones//db.example", 8, "12345678", nil},
		{"zones/../zones/db.example", 8, "12345678", nil},
		{"zones/db.example", 7, "", ErrTooLarge},
		{"zones/db.example", 0, "", ErrTooLarge},
		{"empty", 0, "", nil},
	} {
		got, err := r.ReadFile(test.name, test.limit)
		if string(got) != test.want || !errors.Is(err, test.err) {
			t.Errorf("ReadFile(%q, %d) = %q, %v; want %q, %v", test.name, test.limit, got, err, test.want, test.err)
		}
	}
}

func TestRootReadsTheStartOfALongFile(t *testing.T) {
	r, _ := newRoot(t, map[string]string{"f": strings.Repeat("x", 5000)})
	for _, test := range []struct {
		limit    int64
		length   int
		complete bool
	}{{100, 100, false}, {4999, 4999, false}, {5000, 5000, true}, {5001, 5000, true}} {
		data, complete, err := r.ReadStart("f", test.limit)
		if err != nil || len(data) != test.length || complete != test.complete {
			t.Errorf("ReadStart(%d) = %d bytes, %t, %v", test.limit, len(data), complete, err)
		}
	}
}

func TestRootRefusesWhatIsNoFileOfItsOwn(t *testing.T) {
	r, dir := newRoot(t, map[string]string{"db.example": "x", "sub/f": "x"})
	outside := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	folder.Symlink(t, "../secret", filepath.Join(dir, "link-out"))
	folder.Symlink(t, outside, filepath.Join(dir, "link-absolute"))
	folder.Symlink(t, "..", filepath.Join(dir, "link-up"))
	folder.Symlink(t, "nowhere", filepath.Join(dir, "link-dead"))
	folder.Symlink(t, "link-loop", filepath.Join(dir, "link-loop"))
	folder.Symlink(t, filepath.Join(dir, "db.example"), filepath.Join(dir, "link-absolute-in"))
	for _, test := range []struct {
		name string
		want error
	}{
		{"missing", fs.ErrNotExist},
		{"db.example/below", syscall.ENOTDIR},
		{"sub", ErrNotRegular},
		{".", ErrNotRegular},
		{"", nil},
		{"nul\x00byte", nil},
		{"..", ErrOutsideRoot},
		{"../secret", ErrOutsideRoot},
		{"sub/../../secret", ErrOutsideRoot},
		{outside, ErrOutsideRoot},
		{"link-out", ErrOutsideRoot},
		{"link-absolute", ErrOutsideRoot},
		{"link-absolute-in", ErrOutsideRoot},
		{"link-up/secret", ErrOutsideRoot},
		{"link-dead", fs.ErrNotExist},
		{"link-loop", nil},
	} {
		data, err := r.ReadFile(test.name, 1000)
		var p *fs.PathError
		switch {
		case err == nil:
			t.Errorf("ReadFile(%q) read %q", test.name, data)
		case test.want != nil && !errors.Is(err, test.want):
			t.Errorf("ReadFile(%q) fails with %v, want %v", test.name, err, test.want)
		case !errors.As(err, &p) || p.Path != test.name:
			t.Errorf("ReadFile(%q) fails with %v, which does not hold the name", test.name, err)
		}
	}
}

func TestRootNeverOpensAFIFOOrADevice(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("windows has neither FIFOs nor device files in folders")
	}
	r, dir := newRoot(t, nil)
	if err := folder.Mkfifo(filepath.Join(dir, "fifo")); err != nil {
		t.Skip("this system makes no FIFO: ", err)
	}
	dev := openRoot(t, "/dev")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, test := range []struct {
			root *Root
			name string
		}{{r, "fifo"}, {dev, "zero"}, {dev, "null"}} {
			if _, err := test.root.ReadFile(test.name, 10); !errors.Is(err, ErrNotRegular) {
				t.Errorf("ReadFile(%q) fails with %v, want %v", test.name, err, ErrNotRegular)
			}
		}
		if _, err := OpenRoot(filepath.Join(dir, "fifo")); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("OpenRoot of a FIFO fails with %v, want %v", err, syscall.ENOTDIR)
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("a read waits for the FIFO's writer")
	}
}

func TestRootReportsAnUnreadableFile(t *testing.T) {
	r, dir := newRoot(t, map[string]string{"f": "x"})
	if err := os.Chmod(filepath.Join(dir, "f"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(filepath.Join(dir, "f")); err == nil {
		t.Skip("this user or system may read files of mode 0")
	}
	if _, err := r.ReadFile("f", 10); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("ReadFile fails with %v, want %v", err, fs.ErrPermission)
	}
}

func TestRootFollowsLinksThatStayInside(t *testing.T) {
	r, dir := newRoot(t, map[string]string{"zones/f": "x"})
	folder.Symlink(t, "zones/f", filepath.Join(dir, "file"))
	folder.Symlink(t, "zones", filepath.Join(dir, "folder"))
	folder.Symlink(t, "root", dir+"-link")
	for _, root := range []*Root{r, openRoot(t, dir+"-link")} {
		for _, name := range []string{"file", "folder/f"} {
			if got, err := root.ReadFile(name, 10); string(got) != "x" || err != nil {
				t.Errorf("ReadFile(%q) = %q, %v", name, got, err)
			}
		}
	}
}

func TestRootReadsNamesThatAreNotUTF8(t *testing.T) {
	r, dir := newRoot(t, nil)
	name := "db.\xe6var"
	if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644); err != nil {
		t.Skip("this system has only UTF-8 names: ", err)
	}
	if got, err := r.ReadFile(name, 10); string(got) != "x" || err != nil {
		t.Errorf("ReadFile(%q) = %q, %v", name, got, err)
	}
}

func TestRootReadsAFileThatTellsNoSize(t *testing.T) {
	proc, err := OpenRoot("/proc/self")
	if err != nil {
		t.Skip("this system has no /proc: ", err)
	}
	defer proc.Close()
	want, err := os.ReadFile("/proc/self/limits")
	if err != nil {
		t.Skip("this system has no /proc/self/limits: ", err)
	}
	if got, err := proc.ReadFile("limits", 1<<20); string(got) != string(want) || err != nil {
		t.Errorf("ReadFile = %d bytes, %v; want %d bytes", len(got), err, len(want))
	}
	if _, err := proc.ReadFile("limits", int64(len(want))-1); !errors.Is(err, ErrTooLarge) {
		t.Errorf("ReadFile of one byte less fails with %v, want %v", err, ErrTooLarge)
	}
}

func TestRootListsAFolderInOrder(t *testing.T) {
	r, _ := newRoot(t, map[string]string{"d/b": "", "d/a": "", "d/C/x": "", "f": ""})
	entries, err := r.ReadDir("d", 3)
	if err != nil || len(entries) != 3 || entries[0].Name() != "C" || entries[1].Name() != "a" || entries[2].Name() != "b" {
		t.Errorf("ReadDir = %v, %v", entries, err)
	}
	for name, want := range map[string]error{"d": ErrTooLarge, "f": syscall.ENOTDIR, "none": fs.ErrNotExist, "..": ErrOutsideRoot} {
		if _, err := r.ReadDir(name, 2); !errors.Is(err, want) {
			t.Errorf("ReadDir(%q) fails with %v, want %v", name, err, want)
		}
	}
}

// Folders that lie deep are opened from those above them. What that may not change is what a name means.
func TestRootReadsInFoldersThatLieDeep(t *testing.T) {
	deep := strings.Repeat("d/", 3*maxFolders)
	files := map[string]string{"top": "top", deep + "file": "own", deep + "x/file": "below"}
	for i := range 2 * maxFolders { // more than are kept open
		files[fmt.Sprintf("%sn%d/file", deep, i)] = fmt.Sprint(i)
	}
	r, dir := newRoot(t, files)
	up := strings.Repeat("../", 3*maxFolders)
	for name, target := range map[string]string{"up": up + "top", "out": up + "../top", "x/folder": "../" + up + deep + "n1"} {
		if err := os.Symlink(target, filepath.Join(dir, deep, name)); err != nil {
			t.Skip(err)
		}
	}
	for range 2 {
		for name, want := range map[string]string{
			"file": "own", "x/file": "below", "up": "top", "x/../file": "own", "x/folder/file": "1",
			"x/folder/../file": "own", "n7/file": "7", "n63/file": "63",
		} {
			if got, err := r.ReadFile(deep+name, 100); string(got) != want || err != nil {
				t.Errorf("%s holds %q, want %q: %v", name, got, want, err)
			}
		}
		if _, err := r.ReadFile(deep+"out", 100); !errors.Is(err, ErrOutsideRoot) && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a link out of the root: %v", err)
		}
		if entries, err := r.ReadDir(deep+"x", 10); len(entries) != 2 || err != nil {
			t.Errorf("the folder holds %v: %v", entries, err)
		}
		if info, err := r.Lstat(deep + "x/folder"); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("the link is %v: %v", info, err)
		}
		if info, err := r.Stat(deep + "x/folder"); err != nil || !info.IsDir() {
			t.Errorf("what the link leads to is %v: %v", info, err)
		}
	}
	var wait sync.WaitGroup
	for i := range 2 * maxFolders {
		wait.Go(func() {
			for range 20 {
				if got, err := r.ReadFile(fmt.Sprintf("%sn%d/file", deep, i), 100); string(got) != fmt.Sprint(i) || err != nil {
					t.Errorf("n%d/file holds %q: %v", i, got, err)
				}
			}
		})
	}
	wait.Wait()
}

// A folder whose files are opened without os.Root, from the second one on, refuses what os.Root refuses.
func TestRootReadsTheSecondFileOfAFolderAsTheFirst(t *testing.T) {
	r, dir := newRoot(t, map[string]string{
		"a": "top", "zones/a": "a", "zones/b": "b", "zones/sub/c": "c", "zones/closed": "x", "zones/large": strings.Repeat("x", 101),
		"zones/many": strings.Repeat("y", 2*blockOfFile+1),
	})
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{
		"out": "../../secret", "absolute": "/etc/passwd", "up": "../a", "beside": "b", "dead": "nowhere", "loop": "loop", "device": "/dev/zero",
	} {
		folder.Symlink(t, target, filepath.Join(dir, "zones", name))
	}
	names := []string{
		"out", "absolute", "up", "beside", "dead", "loop", "device", "sub", ".", "..", "", "missing", "nul\x00byte", "sub/c", "a/", "b/c",
		"../a", "../../secret", strings.Repeat("x", 256), "a", "closed", "large",
	}
	if folder.Mkfifo(filepath.Join(dir, "zones", "fifo")) == nil {
		names = append(names, "fifo")
	}
	if err := os.Chmod(filepath.Join(dir, "zones", "closed"), 0); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, name := range names {
			name = "zones/" + name
			got, err := r.ReadFile(name, 100)
			want, wantErr := openRoot(t, dir).ReadFile(name, 100)
			if string(got) != string(want) || fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Errorf("%q holds %q, %v; as the first, %q, %v", name, got, err, want, wantErr)
			}
		}
	}
	if got, err := r.ReadFile("zones/many", maxSize); string(got) != strings.Repeat("y", 2*blockOfFile+1) || err != nil {
		t.Errorf("a large file has %d bytes: %v", len(got), err)
	}
	if start, complete, err := r.ReadStart("zones/large", 100); len(start) != 100 || complete || err != nil {
		t.Errorf("a file starts with %d bytes: %v", len(start), err)
	}
	one, err1 := r.Open("zones/a")
	again, err2 := r.Open("./zones/a")
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	id1, ok1 := one.Identity()
	id2, ok2 := again.Identity()
	if id1 != id2 || ok1 != ok2 {
		t.Errorf("one file is %v and %v", id1, id2)
	}
	one.Close()
	again.Close()
	r.Close()
	if got, err := r.ReadFile("zones/a", 100); err == nil {
		t.Errorf("a closed root reads %q", got)
	}
}
