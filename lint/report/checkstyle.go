package report

import (
	"bufio"
	"encoding/xml"
	"strings"
)

// This file writes Checkstyle's XML, with columns in runes.

type checkstyle struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr"`
	Column   int    `xml:"column,attr"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

// checkstyleVersion is the version of the format, which has not changed since.
const checkstyleVersion = "4.3"

func writeCheckstyle(w *bufio.Writer, r *Report, _ Options) error {
	out := checkstyle{Version: checkstyleVersion}
	at := map[string]int{}
	for i := range r.Result.Findings {
		f := &r.Result.Findings[i]
		start, _ := r.place(f.Span, inRunes)
		name := path(start.File)
		n, ok := at[name]
		if !ok {
			n = len(out.Files)
			at[name] = n
			out.Files = append(out.Files, checkstyleFile{Name: name})
		}
		out.Files[n].Errors = append(out.Files[n].Errors, checkstyleError{
			start.Line, start.Column, level(f.Severity, "info"), strings.Join(prose(f), " "), "mx46." + f.Rule.Name,
		})
	}
	return putXML(w, out)
}
