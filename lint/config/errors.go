package config

import (
	"fmt"
	"strings"
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
