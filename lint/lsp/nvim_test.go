package lsp_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"mx46/testdata/e2e"
)

// TestNeovimShowsFindings edits zones in a real editor, by the script nvim.lua, which writes down what it sees.
func TestNeovimShowsFindings(t *testing.T) {
	e2e.Slow(t)
	e2e.Require(t, "nvim")
	dir := t.TempDir()
	program := filepath.Join(dir, "mx46")
	if out, err := exec.Command("go", "build", "-o", program, "../..").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	zones := filepath.Join(dir, "zones")
	near := strings.Replace(zone, "@    MX   10 mail\n", "@\tTXT \"\U0001f4e7\"\n@\t( ; \U0001f4e7\n) MX\t10 mail\n", 1)
	near = strings.Replace(near, "@\tTXT \"", "\tTXT \"", 1)
	far := strings.ReplaceAll(strings.Replace(zone, "mail A    192.0.32.25\n", "", 1), "10 mail\n", "10 mail.example.org.\n")
	write(t, zones, "db.example.org", near)
	write(t, zones, "db.example.net", far)
	write(t, zones, "db.example.com", strings.ReplaceAll(twice, "example.org", "example.com"))
	script, err := filepath.Abs("testdata/nvim.lua")
	if err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(dir, "report.json")
	cmd := exec.Command("nvim", "--headless", "-u", "NONE", "-i", "NONE", "--cmd", "set noswapfile", "-c", "luafile "+script, "-c", "qa!")
	cmd.Dir = zones
	cmd.Env = append(os.Environ(), "MX46="+program, "REPORT="+report, "HOME="+dir, "XDG_STATE_HOME="+dir, "XDG_CACHE_HOME="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	hover, _ := got["hover"].(string)
	if !strings.Contains(hover, "mail.example.org: usable over IPv4") || !strings.Contains(hover, "# mx-primary-single-stack") {
		t.Errorf("hover: %s", hover)
	}
	delete(got, "hover")
	// Neovim counts lines and columns from 0, columns in bytes.
	want := map[string]any{
		"opened":  []any{"5:8-5:12 mx-primary-single-stack"},
		"other":   []any{"3:13-3:30 mx-primary-single-stack"},
		"mended":  []any{"none"},
		"other2":  []any{"none"},
		"undone":  []any{"5:8-5:12 mx-primary-single-stack"},
		"other3":  []any{"3:13-3:30 mx-primary-single-stack"},
		"ignored": []any{"none"},
		"comment": "; mx46:ignore mx-primary-single-stack -- say why",
		"doubles": []any{"8:8-8:12 mx-duplicate", "12:8-12:12 mx-duplicate"},
		"fixed":   []any{"11:8-11:12 mx-duplicate"},
	}
	for key := range want {
		if !reflect.DeepEqual(got[key], want[key]) {
			t.Errorf("%s: %v, want %v", key, got[key], want[key])
		}
	}
	if text, err := os.ReadFile(filepath.Join(zones, "db.example.org")); err != nil || string(text) != near {
		t.Errorf("the file was changed: %v", err)
	}
}
