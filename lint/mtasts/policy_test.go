package mtasts

import (
	"fmt"
	"strings"
	"testing"

	"mx46/zonefiles"
)

// parse reads a policy out of a file of its own.
func parse(t testing.TB, text string) (*Policy, *zonefiles.FileSet) {
	t.Helper()
	files := new(zonefiles.FileSet)
	file, err := files.Add("mta-sts.txt", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Parse(file), files
}

func TestPoliciesAreReadAsSendersDo(t *testing.T) {
	const end = "\r\nmax_age: 604800\r\n"
	for _, c := range []struct{ name, text, want string }{
		{"the RFC's", "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmx: backupmx.example.com\nmax_age: 604800\n", "enforce mail.example.com. *.example.net. backupmx.example.com."},
		{"CRLF, in another order", "max_age: 1\r\nmx: A.example\r\nmode: testing\r\nversion: STSv1\r\n", "testing a.example."},
		{"without blanks and final line end", "version:STSv1\nmode:none\nmax_age:0", "none"},
		{"blanks at the end of lines", "version: STSv1 \t\nmode: enforce\t\nmx:\ta.example \nmax_age: 1 \n", "enforce a.example."},
		{"unknown fields and lines that are none", "version: STSv1\nfoo: bar\n\nnonsense\nmode: testing\nmx: a.example" + end, "testing a.example."},
		{"a field twice: the first counts", "version: STSv1\nmode: enforce\nmode: none\nversion: 2\nmx: a.example\nmax_age: 1\nmax_age: x\n", "enforce a.example."},
		{"nothing", "", `it has no line "version: STSv1" at ""`},
		{"a page", "<!DOCTYPE html>\n<html><title>404</title></html>\n", `it has no line "version: STSv1" at "<!DOCTYPE html>"`},
		{"a byte order mark", "\ufeffversion: STSv1\nmode: none" + end, "it has no line \"version: STSv1\" at \"mode: none\""},
		{"keys have case", "Version: STSv1\nmode: none" + end, `it has no line "version: STSv1" at "mode: none"`},
		{"another version", "version: STSv2\r\nmode: none" + end, `its version is not STSv1 at "version: STSv2"`},
		{"no mode", "version: STSv1" + end, `it has no mode at "version: STSv1"`},
		{"another mode", "version: STSv1\nmode: report" + end, `its mode is none of enforce, testing and none at "mode: report"`},
		{"no age", "version: STSv1\nmode: none\n", `it has no max_age at "mode: none"`},
		{"an age in words", "version: STSv1\nmode: none\nmax_age: 1d\n", `its max_age is no number of seconds at "max_age: 1d"`},
		{"an empty age", "version: STSv1\nmode: none\nmax_age:\n", `its max_age is no number of seconds at "max_age:"`},
		{"no host", "version: STSv1\nmode: enforce" + end, `it allows no MX host at "mode: enforce"`},
		{"a final dot", "version: STSv1\nmode: enforce\nmx: a.example." + end, `a pattern is neither a host name nor one with *. before it at "mx: a.example."`},
		{"two hosts on one line", "version: STSv1\nmode: enforce\nmx: a.example, b.example" + end, `a pattern is neither a host name nor one with *. before it at "mx: a.example, b.example"`},
		{"a wildcard within", "version: STSv1\nmode: enforce\nmx: a.*.example" + end, `a pattern is neither a host name nor one with *. before it at "mx: a.*.example"`},
		{"a wildcard alone", "version: STSv1\nmode: enforce\nmx: *." + end, `a pattern is neither a host name nor one with *. before it at "mx: *."`},
		{"letters of another script", "version: STSv1\nmode: enforce\nmx: bücher.example" + end, `a pattern is neither a host name nor one with *. before it at "mx: bücher.example"`},
		{"more than senders read", "version: STSv1\nmode: none" + end + strings.Repeat("x", MaxSize), `it is larger than senders read at "version: STSv1"`},
	} {
		p, files := parse(t, c.text)
		got := p.Mode.String()
		for _, pattern := range p.MX {
			got += " " + pattern.Name.String()
			if text := string(files.Text(pattern.Place)); !strings.HasPrefix(text, "mx:") {
				t.Errorf("%s: the place of %s is %q", c.name, pattern.Name, text)
			}
		}
		if p.Fault != "" {
			got = fmt.Sprintf("%s at %q", p.Fault, files.Text(p.Place))
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// RFC 8461 s.4.1.
func TestPatternsMatchOneLabel(t *testing.T) {
	p, _ := parse(t, "version: STSv1\nmode: enforce\nmx: Mail.example.com\nmx: *.example.net\nmax_age: 1\n")
	for host, want := range map[string]bool{
		"mail.example.com.": true, "MAIL.example.COM.": true, "example.com.": false, "a.mail.example.com.": false,
		"mx.example.net.": true, "example.net.": false, "a.b.example.net.": false, "net.": false, ".": false, "*.example.net.": true,
	} {
		if got := p.Allows(zonefiles.MustName(host)); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

// FuzzParse reads anything: spans stay within the file, and a policy without a fault has what it needs.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n",
		"version:STSv1\nmode:none\nmax_age:0", "mx: *.\nmx:\nmx: a..b\n", "\x00:\xff\r\r\n:", "",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, files := parse(t, text)
		files.Text(p.Place)
		for _, pattern := range p.MX {
			if !strings.HasPrefix(string(files.Text(pattern.Place)), "mx:") {
				t.Errorf("the place of %s", pattern.Name)
			}
			if host := pattern.Name; !host.IsWildcard() && !p.Allows(host) {
				t.Errorf("%s does not match itself", host)
			}
		}
		isWhole := strings.Contains(text, "STSv1") && strings.Contains(text, "max_age:") && (p.Mode == None || len(p.MX) > 0)
		if p.Fault == "" && !isWhole {
			t.Errorf("%q is taken for a policy", text)
		}
	})
}
