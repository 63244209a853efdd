package lsp

import (
	"errors"
	"fmt"
	"slices"
)

// This file keeps open buffers.

// document is an open buffer. Its text is never changed, but replaced.
type document struct {
	uri      string
	path     string // absolute
	language string
	version  int
	text     []byte
}

// zoneLanguages are what editors call zone files. What others call them is judged by the text.
var zoneLanguages = []string{"bindzone", "dns", "dns-zone", "zone", "zone-file", "zonefile"}

func (d *document) isZone() bool { return slices.Contains(zoneLanguages, d.language) }

var (
	errTooLarge = fmt.Errorf("the buffer has more than %d bytes: what is in its file counts until it is opened again",
		maxBuffer)
	errTooLong = fmt.Errorf("a message of more than %d bytes was passed over: what is in the files counts until they "+
		"are opened again", maxMessage)
)

// edit makes changes, one after the other.
func (d *document) edit(e encoding, changes []change) error {
	text := d.text
	for _, c := range changes {
		if c.Range == nil {
			text = []byte(c.Text)
			continue
		}
		from, to := e.offset(text, c.Range.Start), e.offset(text, c.Range.End)
		if from > to {
			return errors.New("the range of a change ends before it starts")
		}
		if len(text)-(to-from)+len(c.Text) > maxBuffer {
			return errTooLarge
		}
		text = slices.Concat(text[:from], []byte(c.Text), text[to:])
	}
	if len(text) > maxBuffer {
		return errTooLarge
	}
	d.text = text
	return nil
}
