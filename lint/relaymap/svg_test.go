package relaymap_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// An SVG is XML with a title and a description, and nothing in it runs or is fetched.
func TestSVGStandsAloneAndIsInert(t *testing.T) {
	for file, m := range pictures(t) {
		svg := write(t, m, "svg")
		elements := map[string]bool{}
		decoder := xml.NewDecoder(bytes.NewReader(svg))
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			element, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			elements[element.Name.Local] = true
			for _, a := range element.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" || strings.Contains(a.Value, "url(") {
					t.Errorf("%s: <%s %s=%q>", file, element.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
		for name := range elements {
			if !slices.Contains(strings.Fields("svg title desc style rect text path circle g"), name) {
				t.Errorf("%s: <%s>", file, name)
			}
		}
		for _, want := range []string{"title", "desc"} {
			if !elements[want] {
				t.Errorf("%s has no %s", file, want)
			}
		}
		for _, want := range []string{`role="img" aria-labelledby=`, "prefers-color-scheme: dark"} {
			if !bytes.Contains(svg, []byte(want)) {
				t.Errorf("%s has no %s", file, want)
			}
		}
	}
}

func TestTheDescriptionSaysWhatThePictureShows(t *testing.T) {
	svg := string(write(t, pictures(t)["section-4.2-troublesome"], "svg"))
	want := "Preference 1: mx1.example.org, IPv4 missing, IPv6 2001:db8:ffff::1, final: has the mailbox. " +
		"Preference 10: mx10.example.org, IPv4 192.0.2.10, IPv6 missing, stranded, sends IPv4, only IPv6 leads on. " +
		"Preference 100: mx100.example.org, IPv4 192.0.2.100, IPv6 missing, stranded, sends IPv4, only IPv6 leads on; " +
		"relays to mx10.example.org (IPv4)."
	if !strings.Contains(svg, want) {
		t.Errorf("no %q in\n%s", want, svg)
	}
}
