package report

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"mx46/lint"
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
	XMLName xml.Name      `xml:"testcase"`
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes each finding as a test case: one that the run fails on has failed, and another one has passed, with
// output. Without findings there is one passed case, since dashboards take an empty suite for an error.
func writeJUnit(w *bufio.Writer, r *Report, o Options) error {
	suite := junitSuite{Name: "mx46", Tests: len(r.Result.Findings)}
	fails := func(f *lint.Finding) bool { return o.FailOn != lint.Off && f.Severity >= o.FailOn }
	for i := range r.Result.Findings {
		if fails(&r.Result.Findings[i]) {
			suite.Failures++
		}
	}
	cases := r.each(func(f *lint.Finding) any { return r.junitCase(f, fails(f)) })
	if suite.Tests == 0 {
		suite.Tests = 1
		cases = slices.Values([]any{junitCase{Name: strings.Join(r.sentences(), " "), Class: "mx46"}})
	}
	return putXML(w, junitSuites{Tests: suite.Tests, Failures: suite.Failures, Suite: suite}, cases)
}

func (r *Report) junitCase(f *lint.Finding, fails bool) junitCase {
	start, _ := r.place(f.Span, inRunes)
	file := path(start.File)
	place := fmt.Sprintf("%s:%d:%d", file, start.Line, start.Column)
	text := strings.Join(append([]string{place}, prose(f)...), "\n")
	c := junitCase{Name: f.Rule.Name + " " + place, Class: file, File: file, Line: start.Line}
	if fails {
		c.Failure = &junitFailure{f.Severity.String(), f.Message, text}
	} else {
		c.Output = f.Severity.String() + ": " + text
	}
	return c
}
