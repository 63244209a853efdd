package config

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error is one fault of a configuration file.
type Error struct {
	File         string // as it was given to Load
	Line, Column int    // from 1; columns count runes
	Message      string // never holds control characters, whatever the file holds
}

// Error is file:line:column: message.
func (e Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Errors is every fault that Load found, in the order of the file. It holds at least one.
type Errors []Error

// Error is one fault a line.
func (es Errors) Error() string {
	var b strings.Builder
	for i, e := range es {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.Error())
	}
	return b.String()
}

// maxQuoted bounds what a message repeats of the file, in bytes.
const maxQuoted = 80

// quote makes text from the file harmless in a terminal, a log and a report.
func quote(text string) string {
	if len(text) <= maxQuoted {
		return strconv.Quote(text)
	}
	cut := maxQuoted
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return strconv.Quote(text[:cut]) + "..."
}
