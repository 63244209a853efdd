package zonefiles

import "strings"

// hidden fills the places of what a tool has yet to fill in. No label is as long, so that it is in no Name but as an
// octet of a label.
const hidden = 0x7f

// isHidden reports whether a tool has yet to fill in a part of the text.
func isHidden[T string | []byte](text T) bool {
	for i := range len(text) {
		if text[i] == hidden {
			return true
		}
	}
	return false
}

// IsHidden reports whether the name comes from a template, and a tool has yet to fill in a part of it.
func (n Name) IsHidden() bool { return isHidden(string(n)) }

// ShowPlaceholders makes what a template leaves open in a name, or in a record, readable: {word} where the placeholder
// has words, or else a question mark. In text, what is hidden is escaped.
func ShowPlaceholders(text string) string {
	text = strings.ReplaceAll(text, hiddenEscape, string(rune(hidden)))
	var shown strings.Builder
	for {
		start := strings.IndexByte(text, hidden)
		if start < 0 {
			return shown.String() + text
		}
		end := start + placeholderLength(text[start:])
		words := strings.FieldsFunc(text[start:end], func(r rune) bool { return r == hidden })
		if shown.WriteString(text[:start]); len(words) > 0 {
			shown.WriteString("{" + strings.Join(words, " ") + "}")
		} else {
			shown.WriteByte('?')
		}
		text = text[end:]
	}
}

// hiddenEscape is a hidden byte in presentation form.
const hiddenEscape = `\127`

// placeholderLength is how far the placeholder reaches that text begins with: in its field, up to the first hidden byte
// after its beginning that no word follows.
func placeholderLength(text string) int {
	field, _, _ := strings.Cut(text, " ")
	field, _, _ = strings.Cut(field, "\t")
	end := 0
	for i := range len(field) {
		if field[i] != hidden || i+1 < len(field) && field[i+1] == hidden {
			continue
		}
		begins := end == 0
		end = i + 1
		if !begins && wordLength([]byte(field[end:])) == 0 {
			break
		}
	}
	return end
}
