package lsp_test

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkEdit is what an edit in a repository of 1,000 zones takes, until the diagnostics of the file are there. The
// 200 ms in which the server waits for more are not in it, since the client asks.
func BenchmarkEdit(b *testing.B) {
	files := map[string]string{}
	for i := range 1000 {
		name := fmt.Sprintf("zone%d.example", i)
		var text strings.Builder
		text.WriteString(zone + "mail AAAA 2001:500:88::25\n")
		for h := range 37 {
			fmt.Fprintf(&text, "h%d A 192.0.32.%d\n", h, h+100)
		}
		files["zones/db."+name] = text.String()
	}
	edited := "zones/db.zone500.example"
	good := files[edited]
	bad := strings.Replace(good, "mail AAAA 2001:500:88::25\n", "", 1)
	c := start(b, files, `{}`)
	c.open(edited, good)
	c.pull(edited)
	for i := 0; b.Loop(); i++ {
		text, want := bad, 1
		if i%2 == 1 {
			text, want = good, 0
		}
		c.change(edited, text)
		if got := c.pull(edited); (got != "") != (want == 1) {
			b.Fatal(got)
		}
	}
}
