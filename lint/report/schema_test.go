package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// This file asks, for every format, whether the program that reads it would take what was written.

// validators check a whole report each; a format without a check of its own must at least be safe to print. They are
// made once, as compiling the schema of SARIF takes a while.
func validators(t testing.TB) map[string]func([]byte) error {
	findings := schema(t, "findings.schema.json", "")
	checks := map[string]func([]byte) error{
		"text":       checkTerminal,
		"concise":    checkConcise,
		"json":       checkJSON(findings),
		"jsonl":      checkJSONLines(schema(t, "findings.schema.json", "#/$defs/finding")),
		"sarif":      checkJSON(schema(t, "sarif-schema-2.1.0.json", "")),
		"github":     checkCommands,
		"gitlab":     checkJSON(schema(t, "gitlab.schema.json", "")),
		"junit":      checkJUnit,
		"checkstyle": checkCheckstyle,
		"rdjson":     checkJSON(schema(t, "rdjson.schema.json", "")),
		"markdown":   checkMarkdown,
		"html":       checkHTML,
	}
	for _, name := range Formats() {
		if checks[name] == nil {
			checks[name] = checkTerminal
		}
	}
	return checks
}

func schema(t testing.TB, name, part string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	c.AssertFormat()
	s, err := c.Compile(filepath.Join(golden, name) + part)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checkLog refuses what would mean something to a terminal or to a runner that reads its log.
func checkLog(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("it is not UTF-8")
	}
	for i, r := range string(text) {
		if r != '\n' && !strconv.IsPrint(r) {
			return fmt.Errorf("byte %d is %U, which is not printable", i, r)
		}
	}
	if i := bytes.Index(text, []byte("##[")); i >= 0 {
		return fmt.Errorf("byte %d begins a command", i)
	}
	return nil
}

// commandLine is a line that a runner takes for a command (actions/runner, ActionCommand.TryParseV2). None has a name
// that begins with a colon, as it would be behind the text format's own ":::".
var commandLine = regexp.MustCompile(`(?m)^\s*::[^:\n][^\n]*::`)

func checkTerminal(text []byte) error {
	if commandLine.Match(text) {
		return errors.New("a line is a workflow command")
	}
	return checkLog(text)
}

var conciseLine = regexp.MustCompile(`^.*:[1-9][0-9]*:[1-9][0-9]*: (error|warning|note): .* \[[a-z0-9-]+\]$`)

func checkConcise(text []byte) error {
	for line := range strings.Lines(string(text)) {
		if !conciseLine.MatchString(strings.TrimSuffix(line, "\n")) {
			return fmt.Errorf("line %q is not file:line:column: severity: message [rule]", line)
		}
	}
	return checkTerminal(text)
}

func checkJSON(s *jsonschema.Schema) func([]byte) error {
	return func(text []byte) error {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		return errors.Join(s.Validate(value), checkTerminal(text))
	}
}

func checkJSONLines(s *jsonschema.Schema) func([]byte) error {
	return func(text []byte) error {
		for line := range bytes.Lines(text) {
			if err := checkJSON(s)(line); err != nil {
				return err
			}
		}
		return nil
	}
}

// command is one workflow command, as the runner understands it.
type command struct {
	name       string
	properties map[string]string
	data       string
}

// parseCommands reads a log by the runner's rules: only the escapes that it knows are undone, "%25" last.
func parseCommands(text []byte) ([]command, error) {
	data := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%")
	property := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	var out []command
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "::")
		if !ok {
			return nil, fmt.Errorf("line %q is not a command", line)
		}
		head, message, ok := strings.Cut(rest, "::")
		if !ok {
			return nil, fmt.Errorf("line %q does not end its command", line)
		}
		name, list, _ := strings.Cut(head, " ")
		c := command{name, map[string]string{}, data.Replace(message)}
		for pair := range strings.SplitSeq(list, ",") {
			key, value, ok := strings.Cut(pair, "=")
			if _, twice := c.properties[key]; !ok || twice {
				return nil, fmt.Errorf("line %q has a property %q that is none, or is there twice", line, pair)
			}
			c.properties[key] = property.Replace(value)
		}
		out = append(out, c)
	}
	return out, nil
}

func checkCommands(text []byte) error {
	commands, err := parseCommands(text)
	if err != nil {
		return err
	}
	for _, c := range commands {
		if c.name != "error" && c.name != "warning" && c.name != "notice" {
			return fmt.Errorf("the command %q is not an annotation", c.name)
		}
		number := func(key string) int {
			n, convErr := strconv.Atoi(c.properties[key])
			if convErr != nil || n < 1 {
				err = fmt.Errorf("%s is %q", key, c.properties[key])
			}
			return n
		}
		line, endLine := number("line"), number("endLine")
		_, columns := c.properties["col"]
		switch {
		case endLine < line || columns != (line == endLine):
			return fmt.Errorf("the runner refuses these places: %v", c.properties)
		case columns && number("endColumn") < number("col"):
			return fmt.Errorf("the runner refuses these columns: %v", c.properties)
		}
		if err != nil {
			return err
		}
	}
	return checkLog(text)
}

// checkXML refuses what is not well-formed, and what XML 1.0 forbids even as a reference.
func checkXML(text []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = true
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return checkTerminal(text)
}

func checkJUnit(text []byte) error {
	var suites junitSuites
	if err := checkXML(text, &suites); err != nil {
		return err
	}
	failures := 0
	for _, c := range suites.Suite.Cases {
		if c.Name == "" || c.Class == "" {
			return errors.New("a test case has no name or class")
		}
		if c.Failure != nil {
			failures++
		}
	}
	if n := len(suites.Suite.Cases); n == 0 || suites.Tests != n || suites.Suite.Tests != n ||
		suites.Failures != failures || suites.Suite.Failures != failures {
		return fmt.Errorf("%d tests and %d failures are counted as %+v", n, failures, suites)
	}
	return nil
}

func checkCheckstyle(text []byte) error {
	var out checkstyle
	if err := checkXML(text, &out); err != nil {
		return err
	}
	for _, f := range out.Files {
		for _, e := range f.Errors {
			if e.Line < 1 || e.Column < 1 || e.Message == "" || !strings.HasPrefix(e.Source, "mx46.") ||
				(e.Severity != "error" && e.Severity != "warning" && e.Severity != "info") {
				return fmt.Errorf("an error is %+v", e)
			}
		}
	}
	return nil
}

// markdownTags are the only tags that a report has.
var markdownTags = regexp.MustCompile(`^</?(details|summary|pre|span)>`)

// checkMarkdown refuses what GitHub does not take, and whatever could be a tag, a link, a picture or a mention outside
// a diagram.
func checkMarkdown(text []byte) error {
	if len(text) > maxSummary {
		return fmt.Errorf("%d bytes are more than GitHub takes", len(text))
	}
	page := string(text)
	for i, c := range page {
		if c == '<' && !markdownTags.MatchString(page[i:]) {
			return fmt.Errorf("byte %d begins a tag: %q", i, page[i:min(i+20, len(page))])
		}
	}
	for _, tag := range []string{"details", "summary", "pre", "span"} {
		if strings.Count(page, "<"+tag+">") != strings.Count(page, "</"+tag+">") {
			return fmt.Errorf("the tag %s is not closed", tag)
		}
	}
	outside := regexp.MustCompile(`(?s)<pre>.*?</pre>`).ReplaceAllString(page, "")
	for line := range strings.Lines(outside) {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 5 {
			return fmt.Errorf("a row has not four cells: %q", line)
		}
		if strings.ContainsAny(line, "@[]!\\$") || strings.Contains(line, "www.") || strings.Contains(line, "://") {
			return fmt.Errorf("a line may link: %q", line)
		}
	}
	return checkTerminal(text)
}

func TestEveryFormatIsWhatItsReaderTakes(t *testing.T) {
	check := validators(t)
	for _, format := range Formats() {
		for name, r := range map[string]*Report{"sample": sample(t), "empty": empty()} {
			for _, suppressed := range []bool{false, true} {
				text := write(t, format, r, Options{Suppressed: suppressed})
				if err := check[format](text); err != nil {
					t.Errorf("%s of %s: %v\n%s", format, name, err, text)
				}
			}
		}
	}
}

func TestJSONLinesAreTheFindingsOfJSON(t *testing.T) {
	var whole struct{ Findings []json.RawMessage }
	if err := json.Unmarshal(write(t, "json", sample(t), Options{}), &whole); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(write(t, "jsonl", sample(t), Options{}))), "\n")
	if len(lines) != len(whole.Findings) {
		t.Fatalf("%d lines for %d findings", len(lines), len(whole.Findings))
	}
	for i, line := range lines {
		var want bytes.Buffer
		if err := json.Compact(&want, whole.Findings[i]); err != nil {
			t.Fatal(err)
		}
		if line != want.String() {
			t.Errorf("line %d is %s, want %s", i+1, line, want.String())
		}
	}
}
