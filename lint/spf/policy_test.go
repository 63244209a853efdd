package spf

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		text string
		why  Why
		term string
	}{
		{"v=spf1", NoFault, ""},
		{"V=SPF1 -ALL", NoFault, ""},
		{"v=spf1  a  mx/24 mx:x.example//64 ip4:192.0.2.0/24 IP6:2001:db8::/32 ptr ptr:x.example ?all", NoFault, ""},
		{"v=spf1 exists:%{ir}.%{v}._spf.%{d2} include:%{d}.x.example exists:a%%b%_c%-d.example", NoFault, ""},
		{"v=spf1 exists:%{L1R+-}.x.example", NoFault, ""},
		{"v=spf1 redirect=x.example exp=%{i}.x.example future=1 -all", NoFault, ""},
		{"v=spf1 a:x.example/24//64 a//128 a/0", NoFault, ""},
		{"v=spf1 aaaa -all", UnknownTerm, "aaaa"},
		{"v=spf1 -all mxx", UnknownTerm, "mxx"},
		{"v=spf1 ~", UnknownTerm, "~"},
		{"v=spf1 all:x", NoArgument, "all:x"},
		{"v=spf1 include", NoArgument, "include"},
		{"v=spf1 include: -all", NoArgument, "include:"},
		{"v=spf1 a:", NoArgument, "a:"},
		{"v=spf1 ip4 -all", NoArgument, "ip4"},
		{"v=spf1 redirect=", NoArgument, "redirect="},
		{"v=spf1 ip6:192.0.2.1", OtherFamily, "ip6:192.0.2.1"},
		{"v=spf1 ip4:2001:db8::1", OtherFamily, "ip4:2001:db8::1"},
		{"v=spf1 ip4:192.0.2.256", BadAddress, "ip4:192.0.2.256"},
		{"v=spf1 ip6:fe80::1%eth0", BadAddress, "ip6:fe80::1%eth0"},
		{"v=spf1 ip4:192.0.2.0/33", BadPrefix, "ip4:192.0.2.0/33"},
		{"v=spf1 ip4:192.0.2.0/08", BadPrefix, "ip4:192.0.2.0/08"},
		{"v=spf1 a/", BadPrefix, "a/"},
		{"v=spf1 a//129", BadPrefix, "a//129"},
		{"v=spf1 mx/24/64", BadPrefix, "mx/24/64"},
		{"v=spf1 a:192.0.2.1", BadDomain, "a:192.0.2.1"},
		{"v=spf1 include:x.example/24", BadDomain, "include:x.example/24"},
		{"v=spf1 a:mail -all", BadDomain, "a:mail"},
		{"v=spf1 mx include:_spf/24", BadDomain, "include:_spf/24"},
		{"v=spf1 redirect=_spf.", BadDomain, "redirect=_spf."},
		{"v=spf1 include:x..", BadDomain, "include:x.."},
		{"v=spf1 include:x.examplea:y.example", BadDomain, "include:x.examplea:y.example"},
		{"v=spf1 exists:%{x}.example", BadMacro, "exists:%{x}.example"},
		{"v=spf1 exists:%{i0}.example", BadMacro, "exists:%{i0}.example"},
		{"v=spf1 exists:%{i", BadMacro, "exists:%{i"},
		{"v=spf1 exists:100%", BadMacro, "exists:100%"},
		{"v=spf1 redirect=a.example redirect=b.example", Repeated, "redirect=b.example"},
	} {
		if got := Parse(test.text).Fault; got.Why != test.why || got.Term != test.term || got.Why != NoFault && !strings.HasPrefix(test.text[got.At:], test.term) {
			t.Errorf("%s: fault %d %q at %d, want %d %q", test.text, got.Why, got.Term, got.At, test.why, test.term)
		}
	}
}

func TestTermsAreThoseThatAreEvaluated(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"v=spf1 redirect=x.example a exp=e.example", "+a: +redirect:x.example"},
		{"v=spf1 redirect=x.example -all a", "-all:"},
		{"v=spf1 ?MX:Y.example/24 other=1 ~ip4:192.0.2.7/24", "?mx:Y.example ~ip4:192.0.2.0/24"},
	} {
		var got []string
		for _, term := range Parse(test.text).Terms {
			argument := term.Domain
			if term.Network.IsValid() {
				argument = term.Network.String()
			}
			got = append(got, fmt.Sprintf("%c%s:%s", term.Qualifier, term.Name, argument))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %s, want %s", test.text, got, test.want)
		}
	}
}

func TestPoliciesThatCoverEveryMXHost(t *testing.T) {
	for text, want := range map[string]bool{
		"v=spf1 mx -all": true,
		"v=spf1 a ip4:192.0.2.1 mx/24 include:x.y": true,
		"v=spf1 a a a mx -all":                     false, // may be too many look-ups in vain
		"v=spf1 include:x.example mx -all":         false,
		"v=spf1 -a mx -all":                        false,
		"v=spf1 mx:x.example -all":                 false,
		"v=spf1 mx aaaa":                           false,
		"v=spf1 -all mx":                           false,
	} {
		if got := Parse(text).CoversMX; got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestALongPolicyIsNotRead(t *testing.T) {
	if p := Parse(version + strings.Repeat(" a", maxText)); !p.long || len(p.Terms) > 0 {
		t.Errorf("%d terms", len(p.Terms))
	}
}

// What is taken for plain is what a closer look finds nothing about.
func TestPlainPolicies(t *testing.T) {
	for raw, want := range map[string]bool{
		`"v=spf1 mx -all"`:                          true,
		`"v=spf1 a mx ip4:192.0.2.0/24 ~all"`:       true,
		`"v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 mx"`: true,
		`"v=spf1 -all"`:                             true,
		`"v=spf1 ip4:192.0.2.1 -all"`:               false,
		`"v=spf1 ip4:192.0.2.1111 mx -all"`:         false,
		`"v=spf1 ip6:192.0.2.1 mx -all"`:            false,
		`"v=spf1 mx -all" "x"`:                      false,
		`"v=spf1 mx include:x.example -all"`:        false,
		`"v=spf1 a a a mx -all"`:                    false,
		`"v=spf1 -mx a mx -all"`:                    false,
		`"v=spf1 -all mx"`:                          false,
		`"v=spf1 aaaa mx -all"`:                     false,
		`v=spf1`:                                    false,
		`"V=SPF1 mx -all"`:                          false,
		`"v=spf1 \109x -all"`:                       false,
	} {
		if got := IsPlain([]byte(raw)); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
	words := []string{"mx", "a", "-all", "?all", "ip4:192.0.2.1", "ip6:2001:db8::/32", "ip4:192.0.2.0/33", "ip6:192.0.2.1", "", "-a", "MX", "x=y", "include:x.example", "redirect=x"}
	plain := 0
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		text := version + " "
		for range random.IntN(5) {
			text += words[random.IntN(len(words))] + " "
		}
		if !IsPlain([]byte(`"` + text + `"`)) {
			continue
		}
		plain++
		p := Parse(text)
		if p.Fault.Why != NoFault || !p.CoversMX && p.MayPass {
			t.Fatalf("%s: %+v", text, p)
		}
		for i := range p.Terms {
			if p.Terms[i].Domain != "" {
				t.Fatalf("%s leads elsewhere", text)
			}
		}
	}
	if plain < 500 {
		t.Errorf("only %d policies are plain", plain)
	}
}

func TestWhatMayBeAPolicy(t *testing.T) {
	for raw, want := range map[string]bool{
		`"v=spf1 -all"`: true, `v=spf1`: true, `"V=SpF1"`: true, `"\118=spf1"`: true, `"v\=spf1"`: true, `"v" "=spf1 -all"`: true,
		`"v=DMARC1; p=none"`: false, `"v=DKIM1; k=rsa"`: false, `"hello"`: false, `""`: false, `"v=s"`: false,
	} {
		if got := MayBe([]byte(raw)); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
}
