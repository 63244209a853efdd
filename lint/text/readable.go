package text

import (
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/idna"
)

// This file shows names of other scripts (RFC 5890).

// encoded finds names with a label in the form that the DNS has of other scripts.
var encoded = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:[a-z0-9_*-]+\.)*xn--[a-z0-9-]+(?:\.[a-z0-9_-]+)*`)
})

// Readable is prose with names of other scripts as people know them, and as the DNS has them beside.
func Readable(prose string) string {
	if !strings.Contains(strings.ToLower(prose), "xn--") {
		return prose // nearly always
	}
	return encoded().ReplaceAllStringFunc(prose, func(name string) string {
		unicode, err := idna.Display.ToUnicode(strings.ToLower(name))
		if err != nil || unicode == name || Line(unicode) != unicode {
			return name
		}
		return unicode + " (" + name + ")"
	})
}
