package serverconf

import (
	"bytes"
	"strings"

	"mx46/zonefiles"
)

// What BIND's configuration is made of. NSD's and Knot DNS's share its strings.

// confToken is a word or string of a configuration, or one of its braces and semicolons.
type confToken struct {
	kind byte // wordToken, endToken, or the character itself
	text []byte
	at   zonefiles.Span
	// isString is true for "a" and false for a.
	isString bool
}

const (
	endToken  byte = 0
	wordToken byte = 'w'
)

// is asks for an unquoted keyword, in any case.
func (t confToken) is(keyword string) bool {
	return !t.isString && len(t.text) == len(keyword) && strings.EqualFold(string(t.text), keyword)
}

// confLexer splits one file of BIND's configuration: words, "strings", braces and semicolons, with the comments of C,
// of C++ and of the shell.
type confLexer struct {
	file    *zonefiles.File
	problem func(zonefiles.Span, string, ...any)
	at      int
	open    int  // braces of this file that wait for their end
	broken  bool // what is missing at the end has been reported
	again   confToken
}

// back makes next return t once more.
func (lx *confLexer) back(t confToken) { lx.again = t }

func (lx *confLexer) next() confToken {
	if t := lx.again; t.kind != endToken {
		lx.again = confToken{}
		return t
	}
	data := lx.file.Data
	if lx.at == 0 {
		lx.at = int(lx.file.TextStart())
	}
	for lx.at < len(data) {
		start := lx.at
		switch c := data[start]; {
		case isConfSpace(c):
			lx.at++
		case lx.comment():
		case c == '{' || c == '}' || c == ';':
			lx.at++
			return confToken{kind: c, at: lx.span(start)}
		case c == '"':
			return lx.quoted()
		default:
			for lx.at++; lx.at < len(data) && strings.IndexByte(" \t\r\n\v\f{};\"#", data[lx.at]) < 0; lx.at++ {
				if rest := data[lx.at:]; bytes.HasPrefix(rest, []byte("//")) || bytes.HasPrefix(rest, []byte("/*")) {
					break
				}
			}
			return confToken{kind: wordToken, text: data[start:lx.at], at: lx.span(start)}
		}
	}
	return confToken{kind: endToken, at: lx.span(lx.at)}
}

func isConfSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func (lx *confLexer) span(start int) zonefiles.Span {
	return zonefiles.Span{File: lx.file.ID, Start: uint32(start), End: uint32(lx.at)}
}

// comment passes over the comment that starts here, if one does.
func (lx *confLexer) comment() bool {
	data, start := lx.file.Data, lx.at
	rest := data[start:]
	switch {
	case rest[0] == '#' || bytes.HasPrefix(rest, []byte("//")):
		if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			lx.at += end
		} else {
			lx.at = len(data)
		}
	case bytes.HasPrefix(rest, []byte("/*")):
		if end := bytes.Index(rest[2:], []byte("*/")); end >= 0 {
			lx.at += 2 + end + 2
			break
		}
		lx.at = len(data)
		lx.broken = true
		lx.problem(zonefiles.Span{File: lx.file.ID, Start: uint32(start), End: uint32(start + 2)}, "this comment has no end")
	default:
		return false
	}
	return true
}

// quoted reads a string. A backslash keeps the character after it from ending the string and stays, except before a
// quotation mark.
func (lx *confLexer) quoted() confToken {
	data, start := lx.file.Data, lx.at
	escaped := false
	for lx.at++; lx.at < len(data) && data[lx.at] != '"'; lx.at++ {
		if data[lx.at] == '\\' && lx.at+1 < len(data) {
			lx.at++
			escaped = escaped || data[lx.at] == '"'
		}
	}
	text := data[start+1 : lx.at]
	if lx.at < len(data) {
		lx.at++
	} else {
		lx.broken = true
		lx.problem(zonefiles.Span{File: lx.file.ID, Start: uint32(start), End: uint32(start + 1)}, "this string has no end")
	}
	if escaped {
		text = unescapeQuotes(text)
	}
	return confToken{kind: wordToken, text: text, at: lx.span(start), isString: true}
}

func unescapeQuotes(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			if text[i+1] != '"' {
				out = append(out, '\\')
			}
			i++
		}
		out = append(out, text[i])
	}
	return out
}
