package workspace

import (
	"strings"
	"testing"

	"mx46/lint/delivery"
	"mx46/lint/trace"
	"mx46/zonefiles"
)

// views has a mail domain in one view, another in two, and one that two files claim.
func views() map[string]string {
	return map[string]string{
		"in/db.a.example":    zone("@ 60 MX 10 mx.b.example.\nin 60 MX 10 mx\nmx 60 A 10.0.0.1\nout 60 MX 10 mx.d.example.\n"),
		"in/db.b.example":    zone("mx 60 A 192.0.32.1\n"),
		"out/db.b.example":   zone("@ 60 MX 10 mx\nmx 60 AAAA 2620:0:2d0::1\n"),
		"out/db.c.example":   zone(""),
		"out/2/db.c.example": zone(""),
		".mx46.yaml": `zones: [{files: 'in/*', view: in}, {files: 'out/**', view: out}]
overrides: [{zones: [in.a.example], scope: internal}]
hosts: {mx.d.example: {families: [ipv6]}}`,
	}
}

func TestWorld(t *testing.T) {
	w := read(t, views())
	for _, test := range []struct{ domain, view, file, want string }{
		{"a.example.", "", "in/db.a.example", ""},
		{"a.example.", "in", "in/db.a.example", ""},
		{"in.a.example.", "", "in/db.a.example", ""},
		{"b.example.", "out", "out/db.b.example", ""},
		{"b.example.", "", "", "b.example is in several views; choose one with --view"},
		{"a.example.", "out", "", `no zone that was read in view out holds a.example`},
		{"d.example.", "", "", "no zone that was read holds d.example; did you mean a.example?"},
		{"c.example.", "", "out/db.c.example", ""}, // the first of two
	} {
		world, zone, err := w.World(zonefiles.MustName(test.domain), test.view)
		switch {
		case test.want != "":
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s in view %q: the error is %v, want %s", test.domain, test.view, err, test.want)
			}
		case err != nil:
			t.Errorf("%s in view %q: %v", test.domain, test.view, err)
		case zone.Path != test.file || world == nil:
			t.Errorf("%s in view %q is in %s, want %s", test.domain, test.view, zone.Path, test.file)
		}
	}
}

func TestAWorldKnowsTheViewTheFactsAndTheScope(t *testing.T) {
	w := read(t, views())
	worlds := w.Worlds()
	for _, test := range []struct{ view, domain, delivered string }{
		{"in", "a.example.", "ipv4"},     // through b.example as this view has it
		{"in", "in.a.example.", "ipv4"},  // to a private address
		{"in", "out.a.example.", "ipv6"}, // to a host that the configuration knows
		{"out", "b.example.", "ipv6"},
	} {
		domain := zonefiles.MustName(test.domain)
		for _, word := range []string{"ipv4", "ipv6"} {
			sender, err := trace.ParseSender(word)
			if err != nil {
				t.Fatal(err)
			}
			report, err := worlds(test.view, domain).Ask(trace.Question{Domain: domain, From: []delivery.Sender{sender}})
			if err != nil || report.Delivered() != (word == test.delivered) {
				t.Errorf("%s in view %s: mail over %s is delivered: %t, %v", domain, test.view, word, report.Delivered(), err)
			}
		}
	}
	for _, none := range []struct{ view, domain string }{
		{"in", "b.example."}, // no MX records
		{"in", "d.example."}, // no zone
		{"other", "a.example."},
	} {
		if worlds(none.view, zonefiles.MustName(none.domain)) != nil {
			t.Errorf("%s in view %s has a world", none.domain, none.view)
		}
	}
}
