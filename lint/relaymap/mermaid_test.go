package relaymap_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// mermaidCheck parses the charts on standard input, a JSON object, with mermaid's own parser, and prints what it takes
// each for.
const mermaidCheck = `
import { JSDOM } from "jsdom";
const dom = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = dom.window; globalThis.document = dom.window.document;
const { default: mermaid } = await import("mermaid");
const chunks = []; for await (const c of process.stdin) chunks.push(c);
const charts = JSON.parse(Buffer.concat(chunks).toString());
mermaid.initialize({ startOnLoad: false });
for (const [name, text] of Object.entries(charts)) {
  try { const r = await mermaid.parse(text); console.log(name, r.diagramType); }
  catch (e) { console.log(name, "ERROR", e.message); }
}
process.exit(0);
`

// Versions of the modules, which are installed by npm where MX46_E2E is 1 and MX46_NODE_MODULES names no folder that
// has them.
const (
	mermaidVersion = "11.17.2"
	jsdomVersion   = "29.1.1"
)

// nodeModules is a folder with mermaid and jsdom.
func nodeModules(t *testing.T) string {
	t.Helper()
	e2e.Require(t, "node")
	folder := os.Getenv("MX46_NODE_MODULES")
	if folder == "" && e2e.All() {
		folder = t.TempDir()
		install := exec.CommandContext(t.Context(), "npm", "install", "--prefix", folder, "--ignore-scripts", "--no-audit",
			"--no-fund", "--loglevel=error", "mermaid@"+mermaidVersion, "jsdom@"+jsdomVersion)
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("npm install: %v\n%s", err, out)
		}
	}
	for _, module := range []string{"mermaid", "jsdom"} {
		if _, err := os.Stat(filepath.Join(folder, "node_modules", module)); err != nil {
			e2e.Missing(t, "%v (npm install mermaid jsdom; MX46_NODE_MODULES names the folder)", err)
		}
	}
	return folder
}

func TestMermaidReadsThePictures(t *testing.T) {
	folder := nodeModules(t)
	charts := map[string]string{}
	for file, m := range pictures(t) {
		charts[file] = string(write(t, m, "mermaid"))
	}
	charts["crowd"] = string(write(t, draw(t, crowd(100), nil), "mermaid"))
	input, err := json.Marshal(charts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "--input-type=module", "-e", mermaidCheck)
	cmd.Dir = folder
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, line := range lines {
		if !strings.HasSuffix(line, " flowchart-v2") {
			t.Errorf("mermaid says of %s", line)
		}
	}
	if len(lines) != len(charts) {
		t.Errorf("%d of %d charts were read:\n%s", len(lines), len(charts), out)
	}
}
