package zonefiles

import (
	"bytes"
	"strings"
)

// What m4 fills in has no marks: any word may be a macro. Those that the file itself defines are known.

// m4Builtins are the macros of m4 that lines of zones begin with, and whether they leave no text.
var m4Builtins = map[string]bool{
	"define": true, "pushdef": true, "popdef": true, "undefine": true, "changequote": true, "changecom": true,
	"divert": true, "include": false, "sinclude": false, "undivert": false, "ifdef": false, "ifelse": false,
	"esyscmd": false, "syscmd": false, "forloop": false, "foreach": false,
}

// isM4 reports whether a line of the text's start calls one of m4's own macros.
func isM4(data []byte) bool {
	data = data[:min(len(data), maxTemplateProbe)]
	for from := 0; ; {
		at := bytes.IndexByte(data[from:], '(')
		if at < 0 {
			return false
		}
		name := data[from : from+at]
		name = name[bytes.LastIndexByte(name, '\n')+1:]
		if _, isBuiltin := m4Builtins[string(bytes.TrimPrefix(name, []byte("m4_")))]; isBuiltin {
			return true
		}
		from = lineEndFrom(data, from+at)
	}
}

// macrosOf are the names of the macros that a text defines.
func macrosOf(data []byte) map[string]bool {
	macros := map[string]bool{}
	for _, define := range [...]string{"define(", "pushdef("} {
		for rest := data; len(macros) < maxMacros; {
			at := bytes.Index(rest, []byte(define))
			if at < 0 {
				break
			}
			rest = bytes.TrimLeft(rest[at+len(define):], " `")
			if n := wordLength(rest); n > 0 && n < maxPlaceholder {
				macros[string(rest[:n])] = true
			}
		}
	}
	return macros
}

// m4Control says what a line of a text for m4 does.
func (h *hider) m4Control(text string) (what tagKind, ok bool) {
	if word, _, _ := strings.Cut(text, " "); word == "dnl" || strings.HasPrefix(text, "#") {
		return nothing, true
	}
	name, _, isCall := strings.Cut(text, "(")
	switch isSilent, isBuiltin := m4Builtins[strings.TrimPrefix(name, "m4_")]; {
	case !isCall || !isBuiltin:
		if strings.ContainsAny(text, "`'") && !strings.Contains(text, `"`) { // part of a definition of several lines
			return unknown, true
		}
		return 0, false
	case isSilent:
		return nothing, true
	}
	return unknown, true
}

// m4WordAt is the size of a macro's call, or of text in m4's quotes, that text begins with; 0 where there is neither.
func (h *hider) m4WordAt(text []byte) int {
	if text[0] == '`' {
		return 1 + bytes.IndexByte(text, '\'')
	}
	n := wordLength(text)
	if !h.macros[string(text[:n])] {
		return 0
	}
	if n < len(text) && text[n] == '(' {
		return n + 1 + bytes.IndexByte(text[n:], ')')
	}
	return n
}
