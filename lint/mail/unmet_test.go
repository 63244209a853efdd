package mail_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint/mail"
	"mx46/zonefiles"
)

func TestUnmetAreTheNamesThatNothingLeadsTo(t *testing.T) {
	loader := zonefiles.NewLoader(nil)
	file, err := loader.Files.Add("db", []byte("@ MX 10 mx\nmx CNAME b\nb CNAME c\nc CNAME mx\nloop CNAME loop\nx CNAME y\n@ NS ns\n@ A 192.0.2.1\n"))
	if err != nil {
		t.Fatal(err)
	}
	origin := zonefiles.MustName("example.org.")
	views := [][]*zonefiles.Zone{{loader.Parse(file, &origin)}}
	name := func(text string) zonefiles.Name { return zonefiles.MustName(text + ".example.org.") }
	facts := &mail.Facts{
		Hosts: map[zonefiles.Name]mail.HostFacts{
			name("mx"): {}, name("c"): {SameHost: name("other"), HasSameHost: true}, name("ns"): {}, name("loop"): {}, origin: {},
		},
		Below: map[zonefiles.Name]mail.HostFacts{origin: {}, name("c"): {}},
		Final: map[zonefiles.Name]zonefiles.Span{name("b"): {}, name("y"): {}},
		Links: []mail.Link{{From: name("mx"), To: name("z")}},
	}
	var got []string
	for n := range facts.Unmet(views) {
		got = append(got, n.String())
	}
	slices.Sort(got)
	// Since b has no facts in Hosts, those of every name below example.org are its own.
	want := []string{"*.c.example.org.", "example.org.", "loop.example.org.", "other.example.org.", "y.example.org.", "z.example.org."}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
