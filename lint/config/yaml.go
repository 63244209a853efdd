package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mx46/lint"
	"mx46/lint/text"
	"mx46/zonefiles"

	"gopkg.in/yaml.v3"
)

// reader turns YAML into a Config, and collects every fault on the way.
type reader struct {
	file      *zonefiles.File
	lines     []uint32      // where each line of the file begins, in bytes
	strides   map[int][]int // see column
	folder    string        // that paths are relative to, itself relative to the root
	ruleNames []string
	faults    []fault
	more      int   // faults beyond maxFaults
	moreAt    fault // the first of them, without its message
}

type fault struct {
	line, column int    // from 1; columns count runes
	message      string // without control characters, whatever the file holds
}

func (r *reader) failAt(line, column int, format string, args ...any) {
	if len(r.faults) == maxFaults {
		if r.more++; r.more == 1 {
			r.moreAt = fault{line: line, column: column}
		}
		return
	}
	r.faults = append(r.faults, fault{line, column, fmt.Sprintf(format, args...)})
}

func (r *reader) fail(at *yaml.Node, format string, args ...any) {
	r.failAt(at.Line, at.Column, format, args...)
}

// refuse reports a value that is not what it must be.
func (r *reader) refuse(n *yaml.Node, what, value, must string, args ...any) {
	r.fail(n, "%s is %s; "+must, append([]any{what, zonefiles.Quoted(value)}, args...)...)
}

// from is the place of a node, for Setting.From.
func (r *reader) from(n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", r.file.Name, n.Line, n.Column)
}

// at is where a node is: its text, or what follows on its line where the text is written in another way.
func (r *reader) at(n *yaml.Node) zonefiles.Span {
	data := r.file.Data
	start := len(data)
	if n.Line <= len(r.lines) {
		start = int(r.lines[n.Line-1])
	}
	start = r.column(start, n.Column)
	end := start
	switch text := data[start:]; {
	case n.Kind == yaml.ScalarNode && bytes.HasPrefix(text, []byte(n.Value)):
		end += len(n.Value)
	case n.Kind == yaml.ScalarNode && len(text) > len(n.Value)+1 && string(text[1:len(n.Value)+1]) == n.Value:
		end += len(n.Value) + 2 // with its quotes
	default:
		line, _, _ := bytes.Cut(text, []byte{'\n'})
		end += len(bytes.TrimRight(line, " \t\r"))
	}
	return zonefiles.Span{File: r.file.ID, Start: uint32(start), End: uint32(end)}
}

// maxStride is how many characters column looks at.
const maxStride = 256

// column is the offset of a column, from 1, of the line that begins at an offset. A line may be as long as the file and
// hold most of its nodes, so the offset of every maxStride characters of it is remembered.
func (r *reader) column(start, column int) int {
	if r.strides == nil {
		r.strides = map[int][]int{}
	}
	known := r.strides[start]
	if known == nil {
		known = []int{start}
	}
	data := r.file.Data
	forward := func(at, n int) int {
		for range n {
			_, size := utf8.DecodeRune(data[at:])
			at += size
		}
		return at
	}
	stride := (column - 1) / maxStride
	for len(known) <= stride {
		known = append(known, forward(known[len(known)-1], maxStride))
	}
	r.strides[start] = known
	return forward(known[stride], (column-1)%maxStride)
}

// lineStarts are where the lines of a text begin, as YAML counts them.
func lineStarts(file *zonefiles.File) []uint32 {
	starts := []uint32{file.TextStart()}
	for i, c := range file.Data {
		isReturn := c == '\r' && (i+1 == len(file.Data) || file.Data[i+1] != '\n')
		if c == '\n' || isReturn {
			starts = append(starts, uint32(i+1))
		}
	}
	return starts
}

// document parses the one document of data. It is nil where there are only comments, and after an error.
func (r *reader) document(data []byte) *yaml.Node {
	if !r.checkText(data) {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := decode(decoder, &doc); err != nil {
		if !errors.Is(err, io.EOF) {
			r.syntax(data, err)
		}
		return nil
	}
	switch err := decode(decoder, &second); {
	case err == nil:
		r.fail(&second, "a second YAML document begins here; the configuration is one document")
	case !errors.Is(err, io.EOF):
		r.syntax(data, err)
	}
	root := doc.Content[0]
	r.strip(root)
	return root
}

// decode turns a panic into an error: the parser had several (go-yaml issues 560, 665, 855), and the text may be a
// stranger's.
func decode(decoder *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser gave up: %v", p)
		}
	}()
	return decoder.Decode(n)
}

// checkText refuses what YAML refuses too, but says where, and what is a line end to YAML and not to editors.
func (r *reader) checkText(data []byte) bool {
	if len(data) > maxSize {
		r.failAt(1, 1, "a configuration has at most %d bytes, and the file has more", maxSize)
		return false
	}
	line, column := 1, 1
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			r.failAt(line, column, "byte 0x%02x is not UTF-8", data[i])
			return false
		case unicode.IsControl(c) && c != '\t' && c != '\n' && c != '\r', c == '\u2028', c == '\u2029':
			r.failAt(line, column, "character %U is not allowed", c)
			return false
		}
		if c == '%' && column == 1 {
			// The parser compares each %TAG with all others.
			r.failAt(line, column, "directives of YAML (%%) are not allowed")
			return false
		}
		i += size
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	return true
}

// syntax reports an error of the YAML parser. The parser gives the line where the construct around the error began, and
// is often one off. So it runs again, to see how far it reads before it gives up: the last line with text is where it
// was stuck.
func (r *reader) syntax(data []byte, err error) {
	feed := &byteFeed{data: data}
	for decoder, n := yaml.NewDecoder(feed), new(yaml.Node); decode(decoder, n) == nil; {
	}
	read := bytes.TrimRight(data[:feed.next], " \t\r\n")
	start := bytes.LastIndexByte(read, '\n') + 1
	indent := len(read[start:]) - len(bytes.TrimLeft(read[start:], " \t"))
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		if _, text, ok := strings.Cut(rest, ": "); ok {
			message = text
		}
	}
	r.failAt(1+bytes.Count(read[:start], []byte{'\n'}), 1+indent, "this is not YAML: %s", message)
}

// byteFeed hands out one byte at a time, and so knows how far its reader came.
type byteFeed struct {
	data []byte
	next int
}

func (f *byteFeed) Read(p []byte) (int, error) {
	if f.next == len(f.data) {
		return 0, io.EOF
	}
	p[0] = f.data[f.next]
	f.next++
	return 1, nil
}

// strip refuses and removes what makes a document more than a tree of text: aliases grow without bound, and with merge
// keys and tags a value comes from elsewhere. An alias becomes a node of kind 0, which the methods of reader pass over.
func (r *reader) strip(n *yaml.Node) {
	if n.Anchor != "" {
		r.fail(n, "anchors (&%s) are not allowed", zonefiles.Quote(n.Anchor))
	}
	if n.Style&yaml.TaggedStyle != 0 {
		r.fail(n, "tags (%s) are not allowed", zonefiles.Quote(n.Tag))
		n.Style &^= yaml.TaggedStyle
		n.Tag = ""
	}
	switch n.Kind {
	case yaml.AliasNode:
		r.fail(n, "aliases (*%s) are not allowed", zonefiles.Quote(n.Value))
		*n = yaml.Node{Line: n.Line, Column: n.Column}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			r.strip(item)
		}
	case yaml.MappingNode:
		kept := n.Content[:0]
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			r.strip(key)
			r.strip(value)
			switch {
			case key.Kind == yaml.ScalarNode && key.Tag == "!!merge":
				r.fail(key, "merge keys (<<) are not allowed")
			case key.Kind == yaml.ScalarNode:
				kept = append(kept, key, value)
			case key.Kind != 0:
				r.fail(key, "a key is %s; it must be text", kindOf(key))
			}
		}
		n.Content = kept
	}
}

// kindOf says what a node is.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	}
	switch n.ShortTag() {
	case "!!null":
		return "empty"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	}
	return "text"
}

// field is one key of a mapping with fixed keys, and what reads its value.
type field struct {
	key  string
	read func(value *yaml.Node)
}

// fields reads a mapping with fixed keys, as mapping does.
func (r *reader) fields(n *yaml.Node, what string, fields ...field) map[string]*yaml.Node {
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.key
	}
	return r.mapping(n, what, func(key, value *yaml.Node) {
		if i := slices.Index(known, key.Value); i >= 0 {
			fields[i].read(value)
			return
		}
		help := "the keys here are " + strings.Join(known, ", ")
		r.unknown(key, "unknown key "+zonefiles.Quoted(key.Value), help, known)
	})
}

// unknown reports a word that is not among the known ones.
func (r *reader) unknown(n *yaml.Node, fault, help string, known []string) {
	if near, ok := text.Nearest(n.Value, known); ok {
		help = "did you mean " + near + "?"
	}
	r.fail(n, "%s; %s", fault, help)
}

// mapping reads a mapping with any keys. It returns the key nodes by their text; nil where n is not a mapping.
func (r *reader) mapping(n *yaml.Node, what string, each func(key, value *yaml.Node)) map[string]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		r.wrongKind(n, what, "a mapping")
		return nil
	}
	keys := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if before, ok := keys[key.Value]; ok {
			r.twice(key, before)
			continue
		}
		keys[key.Value] = key
		each(key, value)
	}
	return keys
}

// twice reports a repeated key.
func (r *reader) twice(key, before *yaml.Node) {
	r.fail(key, "key %s appears twice, first in line %d", zonefiles.Quoted(key.Value), before.Line)
}

func (r *reader) wrongKind(n *yaml.Node, what, want string) {
	if n.Kind != 0 {
		r.fail(n, "%s is %s; it must be %s", what, kindOf(n), want)
	}
}

// list reads a list of that many items.
func (r *reader) list(n *yaml.Node, what string, least, most int, each func(item *yaml.Node)) {
	switch {
	case n.Kind != yaml.SequenceNode:
		r.wrongKind(n, what, "a list")
		return
	case len(n.Content) < least:
		r.fail(n, "%s is an empty list", what)
	case len(n.Content) > most:
		r.fail(n, "%s has %d items; at most %d are allowed", what, len(n.Content), most)
		return
	}
	for _, item := range n.Content {
		each(item)
	}
}

// text reads a text. Want is what the message asks for.
func (r *reader) text(n *yaml.Node, what, want string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		r.wrongKind(n, what, want)
		return "", false
	}
	return n.Value, true
}

// word reads one of a few words. It returns its index.
func (r *reader) word(n *yaml.Node, what string, words []string) (int, bool) {
	want := text.Or(words)
	text, ok := r.text(n, what, want)
	if !ok {
		return 0, false
	}
	i := slices.Index(words, text)
	if i < 0 {
		r.unknown(n, fmt.Sprintf("%s is %s", what, zonefiles.Quoted(text)), "it must be "+want, words)
	}
	return i, i >= 0
}

func (r *reader) level(n *yaml.Node, what string, words []string, to *Setting[lint.Severity]) {
	if i, ok := r.word(n, what, words); ok {
		*to = Setting[lint.Severity]{levels[i], r.from(n)}
	}
}

func (r *reader) dialect(n *yaml.Node, c *Config) {
	dialects := []string{string(zonefiles.PowerDNS), string(zonefiles.GDNSD)}
	if i, ok := r.word(n, "dialect", dialects); ok {
		c.Dialect = Setting[zonefiles.Dialect]{zonefiles.Dialect(dialects[i]), r.from(n)}
	}
}

// glob reads a glob of files.
func (r *reader) glob(n *yaml.Node, what string) (string, bool) {
	glob, ok := r.localPath(n, what, "a glob")
	if ok && !globPattern().MatchString(glob) {
		if strings.ContainsAny(glob, "{}") {
			r.refuse(n, what, n.Value, "braces are not allowed: write one glob for each alternative")
		} else {
			r.refuse(n, what, n.Value, "a class in brackets must be closed, hold something, and hold no slash or bracket")
		}
		return "", false
	}
	return path.Join(escapeGlob.Replace(r.folder), glob), ok
}

// escapeGlob makes a path a glob that matches this path alone.
var escapeGlob = strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`, `\`, `\\`)

// hasWildcard reports whether a valid glob can match anything but its own text.
func hasWildcard(glob string) bool { return strings.ContainsAny(glob, `*?[\`) }

// confPath reads the path of a name server's configuration.
func (r *reader) confPath(n *yaml.Node, what string) (string, bool) { return r.path(n, what, "a path") }

// path reads a path and makes it one below the root.
func (r *reader) path(n *yaml.Node, what, want string) (string, bool) {
	text, ok := r.localPath(n, what, want)
	return path.Join(r.folder, text), ok
}

// localPath reads a path that is relative to the configuration's folder and below the root.
func (r *reader) localPath(n *yaml.Node, what, want string) (string, bool) {
	text, ok := r.text(n, what, want)
	if !ok || !r.pathText(n, what, text) {
		return "", false
	}
	switch {
	case strings.HasPrefix(text, "/"), drivePattern().MatchString(text):
		r.refuse(n, what, text, "it must be relative to the configuration, not absolute")
		return "", false
	case climbs(strings.TrimPrefix(text, ups(text))), climbs(path.Join(r.folder, text)):
		r.refuse(n, what, text, "it must not lead out of the root with ..")
		return "", false
	}
	return path.Clean(text), true
}

// pathText checks what all paths have in common.
func (r *reader) pathText(n *yaml.Node, what, text string) bool {
	switch {
	case text == "":
		r.fail(n, "%s is empty", what)
	case utf8.RuneCountInString(text) > maxPath:
		r.fail(n, "%s has more than %d characters", what, maxPath)
	case !pathPattern().MatchString(text):
		r.refuse(n, what, text, "it must not hold backslashes or control characters")
	default:
		return true
	}
	return false
}

// ups are the segments ".." that a path begins with.
func ups(p string) string {
	rest := p
	for strings.HasPrefix(rest, "../") {
		rest = rest[len("../"):]
	}
	return p[:len(p)-len(rest)]
}

// climbs reports whether a segment of the path is "..".
func climbs(p string) bool { return slices.Contains(strings.Split(p, "/"), "..") }
