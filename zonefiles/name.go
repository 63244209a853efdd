package zonefiles

import (
	"errors"
	"fmt"
)

// Name is a domain name in canonical wire form (RFC 4034 s.6.2): each label after its length octet, ASCII letters in
// lower case, without the root's final zero octet. Names compare with == and serve as map keys. The zero Name is the
// root.
type Name string

// Root is the name ".".
const Root Name = ""

// The ways in which text fails to be a domain name.
var (
	errEmptyLabel   = errors.New("it has an empty label")
	errLabelTooLong = errors.New("it has a label of more than 63 octets")
	errNameTooLong  = errors.New("it is longer than 255 octets")
	errBadEscape    = errors.New("it has an escape that is neither \\X nor \\DDD up to 255")
	ErrEmptyName    = errors.New("it is empty")
)

// ParseName reads a name in presentation form (RFC 1035 s.5.1). A name without a final dot is relative to origin, and
// "@" is origin.
func ParseName(text []byte, origin Name) (Name, error) {
	var buf [maxName]byte
	wire, absolute, err := AppendLabels(buf[:0], text)
	if err != nil {
		return Root, err
	}
	if absolute {
		return Name(wire), nil
	}
	if len(wire)+len(origin) > maxName {
		return Root, errNameTooLong
	}
	return Name(append(wire, origin...)), nil
}

// MustName is ParseName of an absolute name that is known to be right; it panics otherwise. It is meant for tests and
// constants.
func MustName(text string) Name {
	n, err := ParseName([]byte(text), Root)
	if err != nil {
		panic(fmt.Sprintf("zonefiles: name %q: %v", text, err))
	}
	return n
}

// AppendLabels appends the labels of text in canonical wire form, for those who read very many names. A name without a
// final dot is not absolute; "@" has no label and is not absolute, "." has none and is.
func AppendLabels(wire, text []byte) (_ []byte, absolute bool, err error) {
	switch {
	case len(text) == 0:
		return wire, false, ErrEmptyName
	case len(text) == 1 && text[0] == '@':
		return wire, false, nil
	case len(text) == 1 && text[0] == '.':
		return wire, true, nil
	}
	base := len(wire)
	length := len(wire) // index of the current label's length octet
	wire = append(wire, 0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '.':
			if len(wire) == length+1 {
				return wire, false, errEmptyLabel
			}
			wire[length] = byte(len(wire) - length - 1)
			if i == len(text)-1 {
				return wire, true, nil
			}
			length = len(wire)
			wire = append(wire, 0)
			continue
		case c == '\\':
			octet, size := unescape(text[i:])
			if size == 0 {
				return wire, false, errBadEscape
			}
			c = octet
			i += size - 1
		}
		if len(wire)-length > maxLabel {
			return wire, false, errLabelTooLong
		}
		if len(wire)-base >= maxName {
			return wire, false, errNameTooLong
		}
		wire = append(wire, lower(c))
	}
	wire[length] = byte(len(wire) - length - 1)
	return wire, false, nil
}

// unescape reads the escape at the start of text: \DDD, a decimal octet, or \X, the character X (RFC 1035 s.5.1).
// Size 0 means that it is neither.
func unescape(text []byte) (octet byte, size int) {
	if len(text) < 2 {
		return 0, 0
	}
	if !isDigit(text[1]) {
		return text[1], 2
	}
	if len(text) < 4 || !isDigit(text[2]) || !isDigit(text[3]) {
		return 0, 0
	}
	n := int(text[1]-'0')*100 + int(text[2]-'0')*10 + int(text[3]-'0')
	if n > 255 {
		return 0, 0
	}
	return byte(n), 4
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// String is the absolute name in presentation form, with what is not printable or has a meaning of its own escaped.
func (n Name) String() string { return string(n.AppendText(nil)) }

// AppendText appends String.
func (n Name) AppendText(b []byte) []byte {
	if n == Root {
		return append(b, '.')
	}
	for i := 0; i < len(n); {
		end := i + 1 + int(n[i])
		for _, c := range []byte(n[i+1 : end]) {
			switch {
			case c == '.' || c == '\\' || c == '"' || c == ';' || c == '(' || c == ')' || c == '@' || c == '$':
				b = append(b, '\\', c)
			case c <= ' ' || c >= 0x7f:
				b = append(b, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
			default:
				b = append(b, c)
			}
		}
		b = append(b, '.')
		i = end
	}
	return b
}

// Undotted is String without the final dot, as people write names; the root keeps its own. Placeholders of a template
// are as ShowPlaceholders makes them.
func (n Name) Undotted() string {
	if n == Root {
		return "."
	}
	text := n.String()
	text = text[:len(text)-1]
	if n.IsHidden() {
		return ShowPlaceholders(text)
	}
	return text
}

// IsRoot reports whether the name is ".".
func (n Name) IsRoot() bool { return n == Root }

// FirstLabel is the leftmost label's octets; it is empty for the root.
func (n Name) FirstLabel() string {
	if n == Root {
		return ""
	}
	return string(n[1 : 1+n[0]])
}

// Parent is the name without its first label. The root is its own parent.
func (n Name) Parent() Name {
	if n == Root {
		return n
	}
	return n[1+n[0]:]
}

// Labels counts the labels, without the root's.
func (n Name) Labels() int {
	count := 0
	for ; n != Root; n = n.Parent() {
		count++
	}
	return count
}

// IsWildcard reports whether the first label is "*" (RFC 4592 s.2.1.1).
func (n Name) IsWildcard() bool { return len(n) >= 2 && n[0] == 1 && n[1] == '*' }

// IsAtOrBelow reports whether n is ancestor itself or one of its descendants.
func (n Name) IsAtOrBelow(ancestor Name) bool {
	for len(n) > len(ancestor) {
		n = n.Parent()
	}
	return n == ancestor
}

// Child is the name with label, already in lower case, in front. It fails beyond the limits of RFC 1035 s.2.3.4.
func (n Name) Child(label string) (Name, error) {
	switch {
	case label == "":
		return Root, errEmptyLabel
	case len(label) > maxLabel:
		return Root, errLabelTooLong
	case 1+len(label)+len(n) > maxName:
		return Root, errNameTooLong
	}
	var buf [maxName]byte
	return Name(append(append(append(buf[:0], byte(len(label))), label...), n...)), nil
}
