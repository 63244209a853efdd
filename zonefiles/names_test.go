package zonefiles

import (
	"strings"
	"testing"
)

// FuzzNamesPrintAndParseAgain reads a name, prints it and reads it again.
func FuzzNamesPrintAndParseAgain(f *testing.F) {
	for _, text := range []string{"@", ".", "a", "a.b.", `a\.b\032c.`, `\@`, `\255.`, strings.Repeat("a.", 127), "a..b", `\`, `\25`, "*", "A.É."} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		origin := MustName("example.org.")
		name, err := ParseName(text, origin)
		names := newNames(0)
		apex, _ := names.intern([]byte(origin), rootID)
		id, internErr := names.internText(text, apex)
		if (err == nil) != (internErr == nil) {
			t.Fatalf("%q: ParseName says %v, the tree of names %v", text, err, internErr)
		}
		if err != nil {
			return
		}
		if names.Name(id) != name {
			t.Fatalf("%q is %s, and %s in the tree of names", text, name, names.Name(id))
		}
		again, err := ParseName([]byte(name.String()), Root)
		if err != nil || again != name {
			t.Fatalf("%q is %q, which is read as %q: %v", text, name.String(), again.String(), err)
		}
		if len(name) > maxName || !name.IsAtOrBelow(Root) {
			t.Fatalf("%q has %d octets", text, len(name))
		}
		for above := name; !above.IsRoot(); above = above.Parent() {
			if !name.IsAtOrBelow(above) || len(above.FirstLabel()) > maxLabel {
				t.Fatalf("%s is not below %s", name, above)
			}
		}
	})
}
