package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"mx46/lint/text"
)

// This file writes JSON and XML, which several formats use.

// PutJSON writes a value and a line end; without an indent, on one line. The text is safe in a log: what is not
// printable is escaped even where JSON would allow it, and so is the mark of a command.
func PutJSON(w *bufio.Writer, value any, indent string) error {
	data, err := marshalJSON(value, "", indent)
	if err != nil {
		return err
	}
	putHarmless(w, data)
	return w.WriteByte('\n')
}

func marshalJSON(value any, prefix, indent string) ([]byte, error) {
	if indent == "" {
		return json.Marshal(value)
	}
	return json.MarshalIndent(value, prefix, indent)
}

// putJSONArray writes a document in which a member is null, with an array in place of that. Without the member's name,
// the document is the array. Its elements are made and written one by one: of findings there may be very many.
func putJSONArray(w *bufio.Writer, document any, member, indent string, elements iter.Seq[any]) error {
	frame, err := marshalJSON(document, "", indent)
	if err != nil {
		return err
	}
	null := []byte("null")
	if member != "" { // no text in the document looks so: it has no quotation marks that are not escaped
		null = []byte(`"` + member + `": null`)
	}
	at := bytes.Index(frame, null)
	before, after := frame[:at+len(null)-len("null")], frame[at+len(null):]
	prefix := string(frame[bytes.LastIndexByte(frame[:at], '\n')+1 : at])
	putHarmless(w, before)
	begin, end := "[", "]"
	for element := range elements {
		data, err := marshalJSON(element, prefix+indent, indent)
		if err != nil {
			return err
		}
		w.WriteString(begin + "\n" + prefix + indent)
		putHarmless(w, data)
		begin, end = ",", "\n"+prefix+"]"
	}
	if begin == "[" {
		w.WriteString(begin)
	}
	w.WriteString(end)
	putHarmless(w, after)
	return w.WriteByte('\n')
}

// putHarmless writes JSON as PutJSON does.
func putHarmless(w *bufio.Writer, data []byte) {
	data = bytes.ReplaceAll(data, []byte(text.CommandMark), []byte(`##\u005b`))
	if !slices.ContainsFunc(data, func(c byte) bool { return c < ' ' && c != '\n' || c > '~' }) {
		w.Write(data) // nearly always
		return
	}
	document, written := string(data), 0
	for at, shown := range text.Glyphs(document) {
		r, size := utf8.DecodeRuneInString(document[at:])
		if r == '\n' || shown == document[at:at+size] {
			continue
		}
		w.WriteString(document[written:at])
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(w, `\u%04x`, unit)
		}
		written = at + size
	}
	w.WriteString(document[written:])
}

// putXML writes a document, with elements inside of the innermost one, which has none. They are made and written one by
// one. The encoder escapes every ">", so no "]]>" is left.
func putXML(w *bufio.Writer, document any, elements iter.Seq[any]) error {
	frame, err := xml.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	at := bytes.Index(frame, []byte("</")) // no text has it, which would be escaped
	prefix := "\n" + strings.Repeat("  ", bytes.Count(frame[:at], []byte("\n")))
	w.WriteString(xml.Header)
	w.Write(frame[:at])
	end := ""
	for element := range elements {
		data, err := xml.MarshalIndent(element, prefix[1:]+"  ", "  ")
		if err != nil {
			return err
		}
		w.WriteString("\n")
		w.Write(data)
		end = prefix
	}
	w.WriteString(end)
	w.Write(frame[at:])
	return w.WriteByte('\n')
}
