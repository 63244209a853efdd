package report

import (
	"bufio"
	"encoding/xml"
	"strings"

	"mx46/lint"
)

// This file writes Checkstyle's XML, with columns in runes.

type checkstyle struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	XMLName xml.Name          `xml:"file"`
	Name    string            `xml:"name,attr"`
	Errors  []checkstyleError `xml:"error"`
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
	var names []string
	in := map[string][]*lint.Finding{}
	for i := range r.Result.Findings {
		f := &r.Result.Findings[i]
		name := path(r.Files.File(r.onDisk(f.Span).File).Name)
		if in[name] == nil {
			names = append(names, name)
		}
		in[name] = append(in[name], f)
	}
	return putXML(w, checkstyle{Version: checkstyleVersion}, func(yield func(any) bool) {
		for _, name := range names {
			file := checkstyleFile{Name: name}
			for _, f := range in[name] {
				file.Errors = append(file.Errors, r.checkstyleError(f))
			}
			if !yield(file) {
				return
			}
		}
	})
}

func (r *Report) checkstyleError(f *lint.Finding) checkstyleError {
	start, _ := r.place(f.Span, inRunes)
	return checkstyleError{
		start.Line, start.Column, level(f.Severity, "info"), strings.Join(prose(f), " "), "mx46." + f.Rule.Name,
	}
}
