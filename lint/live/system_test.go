package live

import (
	"fmt"
	"testing"
)

func TestParseResolver(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.53":           "192.0.2.53",
		"192.0.2.53:53":        "192.0.2.53",
		"192.0.2.53:5353":      "192.0.2.53:5353",
		"2001:db8::53":         "2001:db8::53",
		"[2001:db8::53]:53":    "2001:db8::53",
		"[2001:db8::53]:5353":  "[2001:db8::53]:5353",
		"fe80::1%eth0":         "fe80::1%eth0",
		"":                     "",
		"dns.example":          "",
		"192.0.2":              "",
		"192.0.2.53:0":         "",
		"192.0.2.53:dns":       "",
		"192.0.2.53:65536":     "",
		"https://192.0.2.53/q": "",
	} {
		r, err := ParseResolver(text)
		if got := ""; want == "" && err == nil || want != "" && (err != nil || r.String() != want) {
			if err == nil {
				got = r.String()
			}
			t.Errorf("%q: got %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestParseResolvConf(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"# made by hand\nsearch example.org\nnameserver 192.0.2.53\nnameserver 2001:db8::53\noptions ndots:2\n", "[192.0.2.53 2001:db8::53]"},
		{"nameserver fe80::1%eth0\nnameserver dns.example\n", "[fe80::1%eth0]"},
		{"search example.org\n", "there is no resolver in /etc/resolv.conf"},
		{"", "there is no resolver in /etc/resolv.conf"},
	} {
		got, err := parseResolvConf([]byte(c.text))
		said := fmt.Sprint(got)
		if err != nil {
			said = err.Error()
		}
		if said != c.want {
			t.Errorf("%q: got %s, want %s", c.text, said, c.want)
		}
	}
}
