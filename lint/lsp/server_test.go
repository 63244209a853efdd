package lsp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/lint/lsp"
	"mx46/testdata/e2e"
)

const zone = `$TTL 3600
@    SOA  ns hostmaster 1 7200 3600 1209600 300
@    NS   ns
@    MX   10 mail
ns   A    192.0.32.53
ns   AAAA 2001:500:88::53
mail A    192.0.32.25
`

const singleStack = "mx-primary-single-stack: the primary MX of example.org, mail.example.org, has only IPv4 addresses"

func TestFindingsComeAndGoWithTheText(t *testing.T) {
	c := start(t, map[string]string{"db.example.org": zone}, `{}`)
	c.open("db.example.org", zone)
	c.wait("db.example.org", "3:13-3:17 "+singleStack)
	d := c.latest["db.example.org"][0]
	if d.Severity != 1 || d.CodeDescription.Href != "https://www.rfc-editor.org/rfc/rfc3974#section-2" {
		t.Errorf("%+v", d)
	}
	if !strings.Contains(d.Message, "\nHarm: ") || !strings.Contains(d.Message, "\nHelp: ") || len(d.RelatedInformation) == 0 {
		t.Errorf("%+v", d)
	}
	// A line is added at the end, and then taken away again.
	c.edit("db.example.org", `{"range":{"start":{"line":7,"character":0},"end":{"line":7,"character":0}},"text":"mail AAAA 2001:500:88::25\n"}`)
	c.wait("db.example.org")
	c.edit("db.example.org", `{"range":{"start":{"line":7,"character":0},"end":{"line":8,"character":0}},"text":""}`)
	c.wait("db.example.org", "3:13-3:17 "+singleStack)
	if text, err := os.ReadFile(filepath.Join(c.dir, "db.example.org")); err != nil || string(text) != zone {
		t.Errorf("the file was changed: %v\n%s", err, text)
	}
}

func TestAnEditShowsInTheFilesThatItTouches(t *testing.T) {
	far := strings.ReplaceAll(zone, "10 mail\n", "10 mail.example.org.\n")
	far = strings.ReplaceAll(far, "mail A    192.0.32.25\n", "")
	dual := zone + "mail AAAA 2001:500:88::25\n"
	c := start(t, map[string]string{"db.example.org": dual, "db.example.net": far}, `{}`)
	c.open("db.example.org", dual)
	c.change("db.example.org", zone)
	c.wait("db.example.net",
		"3:13-3:30 mx-primary-single-stack: the primary MX of example.net, mail.example.org, has only IPv4 addresses")
	c.change("db.example.org", dual)
	c.wait("db.example.net")
}

// TestColumnsAreInTheUnitOfTheClient has a tab and an emoji, of 4 bytes and 2 UTF-16 units, before what is found.
func TestColumnsAreInTheUnitOfTheClient(t *testing.T) {
	text := strings.ReplaceAll(zone, "@    MX   10 mail", "@\t( ; \U0001f4e7\n) MX 10 mail")
	text = strings.ReplaceAll(text, "mail A    192", "mail \tA 192")
	text = strings.ReplaceAll(text, "@    NS   ns", "@ TXT \"\U0001f4e7\" ; \U0001f4e7\n@    NS   ns")
	text += "www CNAME \U0001f4e7\U0001f4e7.example.net. extra\n"
	for _, unit := range []struct {
		capabilities string
		want         string
	}{
		{`{}`, "9:28-9:33"},
		{`{"general":{"positionEncodings":["utf-32","utf-8"]}}`, "9:32-9:37"},
	} {
		c := start(t, nil, unit.capabilities)
		c.open("db.example.org", text)
		deadline := false
		for !deadline {
			if _, ok := c.next(patience); !ok {
				t.Fatalf("no finding at %s in %v", unit.want, c.latest)
			}
			for _, d := range c.latest["db.example.org"] {
				deadline = deadline || strings.HasPrefix(d.String(), unit.want+" zone-syntax")
			}
		}
	}
}

func TestAnUnsavedZoneIsRead(t *testing.T) {
	c := start(t, nil, `{}`)
	c.open("new/db.example.org", zone)
	c.wait("new/db.example.org", "3:13-3:17 "+singleStack)
	c.notify("textDocument/didClose", fmt.Sprintf(`{"textDocument":{"uri":%q}}`, c.uri("new/db.example.org")))
	c.wait("new/db.example.org")
}

func TestAPolicyIsReadAgain(t *testing.T) {
	policy := func(mx string) string { return "version: STSv1\nmode: enforce\nmx: " + mx + "\nmax_age: 604800\n" }
	c := start(t, map[string]string{
		"db.example.org": zone,
		".mx46.yaml":     "mta-sts: {example.org: mta-sts.txt}\n",
		"mta-sts.txt":    policy("mail.example.org"),
	}, `{}`)
	c.open("db.example.org", zone)
	if got := c.pull("db.example.org"); strings.Contains(got, "mta-sts-mismatch") {
		t.Fatal(got)
	}
	write(t, c.dir, "mta-sts.txt", policy("another.example.org"))
	if got := c.pull("db.example.org"); !strings.Contains(got, "mta-sts-mismatch") {
		t.Error("the policy is not read again: " + got)
	}
	write(t, c.dir, "mta-sts.txt", policy("*.example.org"))
	c.notify("textDocument/didSave", fmt.Sprintf(`{"textDocument":{"uri":%q}}`, c.uri("mta-sts.txt")))
	if got := c.pull("db.example.org"); strings.Contains(got, "mta-sts-mismatch") {
		t.Error("the mended policy is not read: " + got)
	}
}

func TestConfigurationAndLockAreReadAgain(t *testing.T) {
	outside := strings.ReplaceAll(zone, "10 mail\n", "10 mx.provider.example.\n")
	c := start(t, map[string]string{"db.example.org": outside}, `{}`)
	c.open("db.example.org", outside)
	pull := func() string { return c.pull("db.example.org") }
	if got := pull(); strings.Contains(got, "mx-primary-single-stack") {
		t.Fatal(got)
	}
	write(t, c.dir, ".mx46.hosts", "# mx46 hosts v1\n# seen 2026-11-26\nmx.provider.example. ipv4\n")
	if got := pull(); !strings.Contains(got, "mx-primary-single-stack") {
		t.Error("the lock is not read: " + got)
	}
	write(t, c.dir, ".mx46.yaml", "rules: {mx-primary-single-stack: off}\n")
	c.notify("workspace/didChangeWatchedFiles", fmt.Sprintf(`{"changes":[{"uri":%q,"type":2}]}`, c.uri(".mx46.yaml")))
	if got := pull(); strings.Contains(got, "mx-primary-single-stack") {
		t.Error("the configuration is not read again: " + got)
	}
	write(t, c.dir, ".mx46.yaml", "rules: {no-such-rule: off}\n")
	c.notify("textDocument/didSave", fmt.Sprintf(`{"textDocument":{"uri":%q}}`, c.uri(".mx46.yaml")))
	for {
		m, ok := c.next(patience)
		if !ok {
			t.Fatal("the wrong configuration is not reported")
		}
		if m.Method == "window/showMessage" {
			if !strings.Contains(string(m.Params), "no-such-rule") {
				t.Errorf("%s", m.Params)
			}
			break
		}
	}
	write(t, c.dir, ".mx46.yaml", "")
	c.notify("textDocument/didSave", fmt.Sprintf(`{"textDocument":{"uri":%q}}`, c.uri(".mx46.yaml")))
	if got := pull(); !strings.Contains(got, "mx-primary-single-stack") {
		t.Error("the mended configuration is not read: " + got)
	}
}

func TestABufferIsForgottenWhereAChangeIsTooLong(t *testing.T) {
	e2e.Slow(t)
	change := func(size int) string {
		return fmt.Sprintf(`{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"text":";%s\\n"}`,
			strings.Repeat(" ", size))
	}
	for name, changes := range map[string][]string{
		"a message of more than":    {change(65 << 20)},
		"the buffer has more than ": {change(40 << 20), change(40 << 20), change(0)},
	} {
		c := start(t, nil, `{}`)
		c.open("db.example.org", zone)
		for _, change := range changes {
			c.edit("db.example.org", change)
		}
		for {
			m, ok := c.next(patience)
			if !ok {
				t.Fatalf("nobody says that %s 67108864 bytes", name)
			}
			if m.Method == "window/showMessage" {
				if !strings.Contains(string(m.Params), name) {
					t.Errorf("%s", m.Params)
				}
				break
			}
		}
		if got := c.pull("db.example.org"); got != "" {
			t.Errorf("%s: of what is not known there is %q", name, got)
		}
		c.open("db.example.org", zone)
		if got := c.pull("db.example.org"); got != "3:13-3:17 "+singleStack {
			t.Errorf("%s: the buffer that is opened again has %q", name, got)
		}
		m := c.ask("textDocument/hover", `{"x":"`+strings.Repeat(" ", 65<<20)+`"}`)
		if m.Error == nil || !strings.Contains(m.Error.Message, "67108864 bytes") {
			t.Errorf("a request that is too long is answered by %+v", m)
		}
		if got := c.pull("db.example.org"); got != "3:13-3:17 "+singleStack {
			t.Errorf("after a request that was passed over the buffer has %q", got)
		}
	}
}

func TestAClientThatPullsIsAskedToDoSo(t *testing.T) {
	c := start(t, nil, `{"textDocument":{"diagnostic":{}},"workspace":{"diagnostics":{"refreshSupport":true},
		"didChangeWatchedFiles":{"dynamicRegistration":true}}}`)
	c.open("db.example.org", zone)
	seen := map[string]bool{}
	for !seen["workspace/diagnostic/refresh"] || !seen["client/registerCapability"] {
		m, ok := c.next(patience)
		if !ok {
			t.Fatalf("asked for %v", seen)
		}
		seen[m.Method] = true
	}
	if seen["textDocument/publishDiagnostics"] {
		t.Error("what is pulled is also pushed")
	}
	if got := c.pull("db.example.org"); got != "3:13-3:17 "+singleStack {
		t.Error(got)
	}
}

func TestTheConnectionHasALife(t *testing.T) {
	c := start(t, nil, `{}`)
	if m := c.ask("initialize", `{"capabilities":{}}`); m.Error == nil || m.Error.Code != -32600 {
		t.Errorf("%+v", m)
	}
	if m := c.ask("textDocument/completion", `{}`); m.Error == nil || m.Error.Code != -32601 {
		t.Errorf("%+v", m)
	}
	if m := c.ask("textDocument/hover", `[]`); m.Error == nil || m.Error.Code != -32602 {
		t.Errorf("%+v", m)
	}
	c.notify("$/setTrace", `{"value":"off"}`)
	if m := c.ask("shutdown", `null`); m.Error != nil || string(m.Result) != "null" {
		t.Errorf("%+v", m)
	}
	if m := c.ask("textDocument/hover", c.at("db.example.org", 0, 0)); m.Error == nil || m.Error.Code != -32600 {
		t.Errorf("%+v", m)
	}
	c.notify("exit", `null`)
	if err := <-c.ended; err != nil {
		t.Error(err)
	}
	rude := start(t, nil, `{}`)
	rude.in.Close()
	if err := <-rude.ended; !errors.Is(err, lsp.ErrNoShutdown) {
		t.Error(err)
	}
	rude = start(t, nil, `{}`)
	rude.notify("exit", `null`)
	if err := <-rude.ended; !errors.Is(err, lsp.ErrNoShutdown) {
		t.Error(err)
	}
}

func TestARequestMayBeCancelled(t *testing.T) {
	var b strings.Builder
	b.WriteString(zone)
	for i := range 30_000 {
		fmt.Fprintf(&b, "h%d MX 10 mail%d\nmail%d A 192.0.32.25\n", i, i%1000, i)
	}
	c := start(t, nil, `{}`)
	c.open("db.example.org", b.String())
	c.id++
	c.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"textDocument/hover","params":%s}`, c.id, c.at("db.example.org", 3, 14)))
	c.notify("$/cancelRequest", fmt.Sprintf(`{"id":%d}`, c.id))
	for {
		m, ok := c.next(patience)
		if !ok {
			t.Fatal("no answer")
		}
		if string(m.ID) == fmt.Sprint(c.id) && m.Method == "" {
			if m.Error == nil || m.Error.Code != -32800 {
				data, _ := json.Marshal(m)
				t.Errorf("%s", data)
			}
			return
		}
	}
}
