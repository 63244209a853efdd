package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"mx46/lint/cli"
)

// runWith runs a command with text on standard input.
func runWith(stdin string, args ...string) (code int, stdout string) {
	var out bytes.Buffer
	code = cli.Main(args, cli.Stdio{
		In: strings.NewReader(stdin), Out: &out, Err: io.Discard, Getenv: func(string) string { return "" },
		Terminal: func(io.Writer) (int, bool) { return 0, false },
	})
	return code, out.String()
}

// editor is a client of mx46 lsp.
type editor struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Reader
	id  int
}

// send sends a message; what has no id is a notification.
func (e *editor) send(m map[string]any) {
	m["jsonrpc"] = "2.0"
	body, err := json.Marshal(m)
	if err == nil {
		_, err = fmt.Fprintf(e.in, "Content-Length: %d\r\n\r\n%s", len(body), body)
	}
	if err != nil {
		e.t.Fatal(err)
	}
}

// ask sends a request and waits for its result.
func (e *editor) ask(method string, params, result any) {
	e.id++
	e.send(map[string]any{"id": e.id, "method": method, "params": params})
	for {
		header, err := textproto.NewReader(e.out).ReadMIMEHeader()
		if err != nil {
			e.t.Fatal(err)
		}
		size, _ := strconv.Atoi(header.Get("Content-Length"))
		body := make([]byte, size)
		if _, err := io.ReadFull(e.out, body); err != nil {
			e.t.Fatal(err)
		}
		var answer struct {
			ID     int
			Result json.RawMessage
		}
		if err := json.Unmarshal(body, &answer); err != nil || answer.ID != e.id {
			continue // what the server says by itself
		}
		if err := json.Unmarshal(answer.Result, result); err != nil {
			e.t.Fatal(err)
		}
		return
	}
}

// shownInEditor are the findings that an editor shows in a file of this folder which it has opened, as line:column:
// rule.
func shownInEditor(t *testing.T, file, text string) []string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	fromClient, in := io.Pipe()
	out, toClient := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Main([]string{"lsp"}, cli.Stdio{In: fromClient, Out: toClient, Err: io.Discard, Getenv: os.Getenv})
	}()
	e := &editor{t: t, in: in, out: bufio.NewReader(out)}
	uri := "file://" + here + "/" + file
	var none any
	e.ask("initialize", map[string]any{"rootUri": "file://" + here, "capabilities": map[string]any{
		"textDocument": map[string]any{"diagnostic": map[string]any{}},
	}}, &none)
	e.send(map[string]any{"method": "initialized", "params": map[string]any{}})
	e.send(map[string]any{"method": "textDocument/didOpen", "params": map[string]any{"textDocument": map[string]any{
		"uri": uri, "languageId": "bindzone", "version": 1, "text": text,
	}}})
	var report struct {
		Items []struct {
			Range struct{ Start struct{ Line, Character int } }
			Code  string
		}
	}
	e.ask("textDocument/diagnostic", map[string]any{"textDocument": map[string]any{"uri": uri}}, &report)
	e.ask("shutdown", nil, &none)
	e.send(map[string]any{"method": "exit"})
	in.Close()
	if code := <-ended; code != 0 {
		t.Fatalf("mx46 lsp exits with %d", code)
	}
	shown := []string{}
	for _, d := range report.Items {
		shown = append(shown, fmt.Sprintf("%d:%d: %s", d.Range.Start.Line+1, d.Range.Start.Character+1, d.Code))
	}
	return shown
}

// unpack writes the files of an archive that are wanted below a folder.
func unpack(t *testing.T, archive, dir string, wanted func(name string) bool) {
	t.Helper()
	parsed, err := txtar.ParseFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range parsed.Files {
		if !wanted(f.Name) {
			continue
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHookEditorAndHandAgree asks each of them about every file of a repository, with and without a configuration that
// covers all of it.
func TestHookEditorAndHandAgree(t *testing.T) {
	archive, err := filepath.Abs("../../testdata/scripts/file-in-context.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, config := range []string{"", "zones:\n  - {files: \"zones/db.[a-l]*\"}\nexclude: [zones/db.excluded.example]\n"} {
		dir := t.TempDir()
		unpack(t, archive, dir, func(name string) bool { return strings.Contains(name, "/") })
		if err := os.Mkdir(filepath.Join(dir, ".git"), 0o700); err != nil {
			t.Fatal(err)
		}
		if config != "" {
			if err := os.WriteFile(filepath.Join(dir, ".mx46.yaml"), []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		t.Chdir(dir)
		files, _ := filepath.Glob("*/*") // the pattern is right
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			code, byHand := runWith("", "lint", file, "--format", "concise")
			hookCode, byHook := runWith("", "lint", "--only", "--format", "concise", "--", file)
			if code != hookCode || byHand != byHook {
				t.Errorf("%s, %q: by hand %d\n%s\nby the hook %d\n%s", file, config, code, byHand, hookCode, byHook)
			}
			if _, unsaved := runWith(string(text), "lint", "-", "--stdin-filename", file, "--format", "concise"); unsaved != byHand {
				t.Errorf("%s, %q: by hand\n%s\nfrom standard input\n%s", file, config, byHand, unsaved)
			}
			inFile := []string{} // the editor shows each finding in its own file
			for line := range strings.Lines(byHand) {
				if place, found := strings.CutPrefix(line, file+":"); found {
					at, said, _ := strings.Cut(place, ": ")
					inFile = append(inFile, at+": "+strings.Trim(said[strings.LastIndex(said, "["):], "[]\n"))
				}
			}
			shown := shownInEditor(t, file, string(text))
			slices.Sort(shown)
			slices.Sort(inFile)
			if diff := cmp.Diff(inFile, shown); diff != "" {
				t.Errorf("%s, %q: -by hand +in the editor\n%s", file, config, diff)
			}
		}
	}
}
