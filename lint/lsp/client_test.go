package lsp_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"mx46/lint/lsp"
	"mx46/rules"
)

// client speaks with a server, in bytes of its own making.
type client struct {
	t       testing.TB
	dir     string
	in      io.WriteCloser
	out     <-chan message
	ended   <-chan error
	id      int
	version int
	latest  map[string][]diagnostic // by file name
	waiting []message               // requests of the server
}

type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

type diagnostic struct {
	Range struct {
		Start, End struct{ Line, Character int }
	}
	Severity           int
	Code, Message      string
	CodeDescription    struct{ Href string }
	RelatedInformation []struct {
		Location struct{ URI string }
		Message  string
	}
}

// String is the diagnostic in one line, with the first line of its message.
func (d diagnostic) String() string {
	first, _, _ := strings.Cut(d.Message, "\n")
	return fmt.Sprintf("%d:%d-%d:%d %s: %s", d.Range.Start.Line, d.Range.Start.Character, d.Range.End.Line,
		d.Range.End.Character, d.Code, first)
}

// start starts a server for a folder with files, and says hello with capabilities.
func start(t testing.TB, files map[string]string, capabilities string) *client {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, dir, name, text)
	}
	fromClient, in := io.Pipe()
	out, toClient := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- lsp.Serve(context.Background(), fromClient, toClient, rules.All(), "1.2.3")
		toClient.Close()
	}()
	messages := make(chan message, 1000)
	go receive(out, messages)
	c := &client{t: t, dir: dir, in: in, out: messages, ended: ended, latest: map[string][]diagnostic{}}
	t.Cleanup(func() { in.Close() })
	c.call("initialize", fmt.Sprintf(`{"rootUri":%q,"capabilities":%s}`, c.uri(""), capabilities), nil)
	c.notify("initialized", `{}`)
	return c
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func receive(out io.Reader, messages chan<- message) {
	defer close(messages)
	reader := bufio.NewReader(out)
	for {
		header, err := textproto.NewReader(reader).ReadMIMEHeader()
		if err != nil {
			return
		}
		size, _ := strconv.Atoi(header.Get("Content-Length"))
		data := make([]byte, size)
		if _, err := io.ReadFull(reader, data); err != nil {
			return
		}
		var m message
		if json.Unmarshal(data, &m) != nil {
			return
		}
		messages <- m
	}
}

func (c *client) uri(name string) string {
	return "file://" + filepath.ToSlash(filepath.Join(c.dir, name))
}

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(text), text); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) notify(method, params string) {
	c.t.Helper()
	c.send(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, method, params))
}

// next is the next message; a notification of diagnostics is remembered.
func (c *client) next(within time.Duration) (m message, ok bool) {
	c.t.Helper()
	select {
	case m, ok = <-c.out:
		if !ok {
			c.t.Fatal("the server is gone")
		}
	case <-time.After(within):
		return m, false
	}
	switch {
	case m.Method == "textDocument/publishDiagnostics":
		var p struct {
			URI         string
			Diagnostics []diagnostic
		}
		if err := json.Unmarshal(m.Params, &p); err != nil {
			c.t.Fatal(err)
		}
		c.latest[strings.TrimPrefix(p.URI, c.uri("")+"/")] = p.Diagnostics
	case m.Method != "" && len(m.ID) > 0:
		c.waiting = append(c.waiting, m)
		c.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":null}`, m.ID))
	}
	return m, true
}

// patience is how long a test waits for what must come, on a machine with other work.
const patience = 20 * time.Second

// call sends a request, and reads the result.
func (c *client) call(method, params string, result any) {
	c.t.Helper()
	if m := c.ask(method, params); m.Error != nil {
		c.t.Fatalf("%s: %+v", method, *m.Error)
	} else if result != nil {
		if err := json.Unmarshal(m.Result, result); err != nil {
			c.t.Fatalf("%s: %v\n%s", method, err, m.Result)
		}
	}
}

// ask sends a request, and reads the response.
func (c *client) ask(method, params string) message {
	c.t.Helper()
	c.id++
	c.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, c.id, method, params))
	for {
		m, ok := c.next(patience)
		if !ok {
			c.t.Fatalf("%s is not answered", method)
		}
		if m.Method == "" && string(m.ID) == strconv.Itoa(c.id) {
			return m
		}
	}
}

func (c *client) open(name, text string) {
	c.t.Helper()
	c.version++
	data, _ := json.Marshal(text)
	c.notify("textDocument/didOpen", fmt.Sprintf(`{"textDocument":{"uri":%q,"languageId":"bindzone","version":%d,"text":%s}}`,
		c.uri(name), c.version, data))
}

// change replaces the whole text.
func (c *client) change(name, text string) {
	c.t.Helper()
	data, _ := json.Marshal(text)
	c.edit(name, fmt.Sprintf(`{"text":%s}`, data))
}

func (c *client) edit(name, changes string) {
	c.t.Helper()
	c.version++
	c.notify("textDocument/didChange", fmt.Sprintf(`{"textDocument":{"uri":%q,"version":%d},"contentChanges":[%s]}`,
		c.uri(name), c.version, changes))
}

// wait waits until those of a file are as wanted, a line each.
func (c *client) wait(name string, want ...string) {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		got := []string{}
		list, sent := c.latest[name]
		for _, d := range list {
			got = append(got, d.String())
		}
		if sent && strings.Join(got, "\n") == strings.Join(want, "\n") {
			return
		}
		if _, ok := c.next(time.Until(deadline)); !ok {
			c.t.Fatalf("%s has\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// pull asks for the diagnostics of a file, a line each.
func (c *client) pull(name string) string {
	c.t.Helper()
	var report struct{ Items []diagnostic }
	c.call("textDocument/diagnostic", fmt.Sprintf(`{"textDocument":{"uri":%q}}`, c.uri(name)), &report)
	var out []string
	for _, d := range report.Items {
		out = append(out, d.String())
	}
	return strings.Join(out, "\n")
}

// at is the parameters of a request about a place.
func (c *client) at(name string, line, character int) string {
	return fmt.Sprintf(`{"textDocument":{"uri":%q},"position":{"line":%d,"character":%d}}`, c.uri(name), line, character)
}
