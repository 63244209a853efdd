package report

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"mx46/lint"
)

// This file writes the two formats in XML: JUnit, which test dashboards read, and Checkstyle.

type junitSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Suite    junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes each finding as a test case that failed; where there is none, one that passed, as dashboards take an empty suite for
// a fault.
func writeJUnit(w *bufio.Writer, r *Report, _ Options) error {
	suite := junitSuite{Name: "mx46"}
	for i := range r.Result.Findings {
		f := &r.Result.Findings[i]
		start, _ := r.place(f.Span, inRunes)
		file := visible(start.File)
		place := fmt.Sprintf("%s:%d:%d", file, start.Line, start.Column)
		suite.Failures++
		suite.Cases = append(suite.Cases, junitCase{
			Name: f.Rule.Name + " " + place, Class: file, File: file, Line: start.Line,
			Failure: &junitFailure{f.Severity.String(), f.Message, strings.Join(append([]string{place}, prose(f)...), "\n")},
		})
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{Name: strings.Join(r.sentences(), " "), Class: "mx46"}}
	}
	suite.Tests = len(suite.Cases)
	return putXML(w, junitSuites{Tests: suite.Tests, Failures: suite.Failures, Suite: suite})
}

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

// checkstyleVersion is of the format; it has not changed since.
const checkstyleVersion = "4.3"

func writeCheckstyle(w *bufio.Writer, r *Report, _ Options) error {
	out := checkstyle{Version: checkstyleVersion}
	at := map[string]int{}
	for i := range r.Result.Findings {
		f := &r.Result.Findings[i]
		start, _ := r.place(f.Span, inRunes)
		name := visible(start.File)
		n, ok := at[name]
		if !ok {
			n = len(out.Files)
			at[name] = n
			out.Files = append(out.Files, checkstyleFile{Name: name})
		}
		severity := f.Severity.String()
		if f.Severity == lint.Note {
			severity = "info"
		}
		out.Files[n].Errors = append(out.Files[n].Errors, checkstyleError{
			start.Line, start.Column, severity, strings.Join(prose(f), " "), "mx46." + f.Rule.Name,
		})
	}
	return putXML(w, out)
}

// putXML writes a document. The encoder replaces what XML 1.0 forbids and escapes every ">"; the mark of a command is for logs.
func putXML(w *bufio.Writer, document any) error {
	text, err := xml.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	w.WriteString(xml.Header)
	w.Write(bytes.ReplaceAll(text, []byte(commandMark), []byte("##&#91;")))
	return w.WriteByte('\n')
}
