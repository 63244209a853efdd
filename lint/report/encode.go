package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"mx46/lint/text"
)

// This file writes JSON and XML, which several formats use.

// PutJSON writes a value and a line end; without an indent, on one line. The text is safe in a log: what is not
// printable is escaped even where JSON would allow it, and so is the mark of a command.
func PutJSON(w *bufio.Writer, value any, indent string) error {
	marshal := json.Marshal
	if indent != "" {
		marshal = func(value any) ([]byte, error) { return json.MarshalIndent(value, "", indent) }
	}
	data, err := marshal(value)
	if err != nil {
		return err
	}
	data = bytes.ReplaceAll(data, []byte(text.CommandMark), []byte(`##\u005b`))
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case unicode.IsPrint(r) || r == '\n':
			w.Write(data[:size])
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(w, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(w, `\u%04x`, r)
		}
		data = data[size:]
	}
	return w.WriteByte('\n')
}

// putXML writes a document. The encoder escapes every ">", so no "]]>" is left.
func putXML(w *bufio.Writer, document any) error {
	text, err := xml.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	w.WriteString(xml.Header)
	w.Write(text)
	return w.WriteByte('\n')
}
