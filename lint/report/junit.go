package report

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"strings"
)

// This file writes JUnit's XML, which test dashboards read.

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

// writeJUnit writes each finding as a failed test case; without findings, one passed case, since dashboards take an
// empty suite for an error.
func writeJUnit(w *bufio.Writer, r *Report, _ Options) error {
	suite := junitSuite{Name: "mx46"}
	for i := range r.Result.Findings {
		f := &r.Result.Findings[i]
		start, _ := r.place(f.Span, inRunes)
		file := path(start.File)
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
