package zonefiles

import "bytes"

// This file gives the text of records as their file has it.

// RDATAText is the text of the RDATA as the file has it: quoted, escaped, and perhaps on several lines.
func (r Record) RDATAText() []byte {
	var buffer fieldBuffer
	file, fields, end := r.scan(&buffer)
	return file.Data[rdataStart(fields, end):end]
}

// RDATALine is RDATAText up to the end of its first line, with what follows it there, at a fraction of its cost.
func (r Record) RDATALine() []byte {
	raw := r.raw()
	if raw.rdata == farRDATA {
		return r.RDATAText()
	}
	line := r.zone.places[raw.place].file.Data[int(raw.start)+int(raw.rdata):]
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	return bytes.TrimRight(line, " \t\r")
}
