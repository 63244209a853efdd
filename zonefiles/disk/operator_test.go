package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mx46/testdata/folder"
)

func TestReadPath(t *testing.T) {
	dir := folder.New(t, map[string]string{"old": "text", "sub/x": "x"})
	folder.Symlink(t, filepath.Join("..", "old"), filepath.Join(dir, "sub", "link"))
	hasFIFO := folder.Mkfifo(filepath.Join(dir, "fifo")) == nil
	for _, test := range []struct {
		name string
		err  error
	}{
		{"old", nil},
		{"sub/link", nil}, // out of its folder
		{"gone", fs.ErrNotExist},
		{"gone/old", fs.ErrNotExist},
		{"sub", ErrNotRegular},
		{"fifo", ErrNotRegular},
	} {
		if test.name == "fifo" && !hasFIFO {
			continue
		}
		text, err := ReadPath(filepath.Join(dir, test.name), 4)
		if !errors.Is(err, test.err) || err == nil && string(text) != "text" {
			t.Errorf("%s: %q, %v; want the error %v", test.name, text, err, test.err)
		}
	}
	if _, err := ReadPath(filepath.Join(dir, "old"), 3); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file above the limit: %v", err)
	}
}

func TestWritePath(t *testing.T) {
	dir := folder.New(t, map[string]string{"old": "text", "sub/x": "x"})
	folder.Symlink(t, filepath.Join("..", "old"), filepath.Join(dir, "sub", "link"))
	for name, isWritten := range map[string]bool{"sub/link": true, "new": true, "gone/new": false, "new/": false, "sub": false} {
		if err := WritePath(filepath.Join(dir)+"/"+name, writeText("by "+name)); (err == nil) != isWritten {
			t.Errorf("%s: %v", name, err)
		}
	}
	holds(t, dir, map[string]string{"old": "by sub/link", "new": "by new", "sub/x": "x", "sub/link": "-> ../old"})
}

func TestWritePathWritesIntoAPipe(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := folder.Mkfifo(fifo); err != nil {
		t.Skip("this system has no named pipes: ", err)
	}
	read := make(chan string)
	go func() {
		text, err := os.ReadFile(fifo)
		if err != nil {
			t.Error(err)
		}
		read <- string(text)
	}()
	if err := WritePath(fifo, writeText("text")); err != nil {
		t.Fatal(err)
	}
	select {
	case text := <-read:
		if text != "text" {
			t.Errorf("its reader gets %q", text)
		}
	case <-time.After(10 * time.Second):
		t.Error("nothing comes out of the pipe")
	}
}
