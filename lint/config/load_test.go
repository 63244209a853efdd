package config

import (
	"fmt"
	"net/netip"
	"path"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
	"mx46/zonefiles/serverconf"
)

var ruleNames = []string{"mx-target-cname", "mx-target-no-address", "addr-private", "mx-host-single-stack"}

// loadText loads a text as a file of a name.
func loadText(name, text string, ruleNames []string) (*Config, error) {
	return Load(&zonefiles.File{Name: name, Data: []byte(text)}, ruleNames)
}

func mustLoad(t *testing.T, text string) *Config {
	t.Helper()
	c, err := loadText(".mx46.yaml", text, ruleNames)
	if err != nil {
		t.Fatalf("Load:\n%v", err)
	}
	return c
}

const whole = `stack: ipv6
scope: internal
fail-on: never
min-severity: note
zones:
  - {files: "./zones/db.*"}
  - {files: "internal/example.org.zone", origin: Example.ORG, scope: public, view: internal, stack: dual}
  - named-conf: bind//named.conf
  - nsd-conf: nsd.conf
  - knot-conf: knot.conf
exclude: ["**/*.bak"]
rules:
  mx-host-single-stack: warning
overrides:
  - zones: ["lab.example.org"]
    stack: ipv4
    rules: {addr-private: off}
hosts:
  MX.backup.example.net.: {families: [ipv6, ipv4]}
  mx10.example.org: {outbound: [ipv4]}
  mx4.example.org: {same-host: mx6.example.org}
relay:
  links: [{from: mx10.example.org, to: mx1.example.org, via: uucp}]
  final: [mx2.example.org]
nat64-prefixes: ["2001:db8:64::/96"]
paths: {/etc/bind/: bind}
mta-sts: {example.org: www/mta-sts.txt}
`

// sameConfig compares configurations by what their files say.
var sameConfig = cmp.Options{
	cmp.AllowUnexported(Config{}, ZoneSource{}, globs{}, glob{}, override{}, local{}, names{}, disk.Pattern{}), cmpopts.IgnoreTypes(&sync.Map{}, sync.Mutex{}, zonefiles.Span{}, []zonefiles.Span{}, marks{}),
	cmpopts.IgnoreFields(names{}, "inherited"), cmpopts.IgnoreFields(Config{}, "ruleIndex", "reaches", "known"), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
}

func TestLoadReadsEveryKey(t *testing.T) {
	c := mustLoad(t, whole)
	name := zonefiles.MustName
	want := &Config{
		top: values{
			Stack: Setting[delivery.Families]{delivery.IPv6, ".mx46.yaml:1:8"},
			Scope: Setting[delivery.Scope]{delivery.Internal, ".mx46.yaml:2:8"},
		},
		FailOn:      Setting[lint.Severity]{lint.Off, ".mx46.yaml:3:10"},
		MinSeverity: Setting[lint.Severity]{lint.Note, ".mx46.yaml:4:15"},
		Zones: []ZoneSource{
			{Path: "zones/db.*", From: ".mx46.yaml:6:5"},
			{
				Path: "internal/example.org.zone", From: ".mx46.yaml:7:5",
				values: values{
					Origin: Setting[zonefiles.Name]{name("example.org."), ".mx46.yaml:7:50"},
					Scope:  Setting[delivery.Scope]{delivery.Public, ".mx46.yaml:7:70"},
					View:   Setting[string]{"internal", ".mx46.yaml:7:84"},
					Stack:  Setting[delivery.Families]{delivery.Dual, ".mx46.yaml:7:101"},
				},
			},
			{Server: serverconf.BIND, Path: "bind/named.conf", From: ".mx46.yaml:8:5"},
			{Server: serverconf.NSD, Path: "nsd.conf", From: ".mx46.yaml:9:5"},
			{Server: serverconf.KnotDNS, Path: "knot.conf", From: ".mx46.yaml:10:5"},
		},
		Hosts: map[zonefiles.Name]Setting[mail.HostFacts]{
			name("mx.backup.example.net."): {mail.HostFacts{Families: delivery.Dual, HasFamilies: true}, ".mx46.yaml:19:3"},
			name("mx10.example.org."):      {mail.HostFacts{Outbound: delivery.IPv4, HasOutbound: true}, ".mx46.yaml:20:3"},
			name("mx4.example.org."):       {mail.HostFacts{SameHost: name("mx6.example.org."), HasSameHost: true}, ".mx46.yaml:21:3"},
		},
		Links:         []Setting[mail.Link]{{mail.Link{From: name("mx10.example.org."), To: name("mx1.example.org."), Via: "uucp"}, ".mx46.yaml:23:11"}},
		Final:         []Final{{Name: name("mx2.example.org.")}},
		NAT64Prefixes: []netip.Prefix{netip.MustParsePrefix("2001:db8:64::/96")},
		Policies:      map[zonefiles.Name]Policy{name("example.org."): {Setting: Setting[string]{"www/mta-sts.txt", ".mx46.yaml:27:24"}}},
		rules:         map[string]Setting[lint.Severity]{"mx-host-single-stack": {lint.Warning, ".mx46.yaml:13:25"}},
		flags:         map[string]Setting[lint.Severity]{},
		zoneFiles: &globs{
			patterns: []glob{{disk.NewPattern("zones/db.*"), 0}},
			literal:  map[string][]int{"internal/example.org.zone": {1}},
		},
		exclude: &globs{patterns: []glob{{disk.NewPattern("**/*.bak"), 0}}},
		overrides: []override{{
			values: values{Stack: Setting[delivery.Families]{delivery.IPv4, ".mx46.yaml:16:12"}},
			rules:  map[string]Setting[lint.Severity]{"addr-private": {lint.Off, ".mx46.yaml:17:27"}},
		}},
		general: names{
			exact:   map[zonefiles.Name]choice{name("lab.example.org."): {1, 0, 0, 0, 1, 0}},
			below:   map[zonefiles.Name]choice{},
			parents: map[zonefiles.Name]bool{name("example.org."): true, name("org."): true, zonefiles.Root: true},
		},
		localFiles: &globs{},
		paths:      map[string]string{"/etc/bind": "bind"},
	}
	if diff := cmp.Diff(want, c, sameConfig); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPathsAreRelativeToTheConfiguration(t *testing.T) {
	const text = `zones: [{files: "db.*", stack: ipv4}, {files: ../all/db.*, stack: ipv6}, {named-conf: named.conf}]
exclude: ["db.?"]
paths: {/srv: "a b"}
overrides: [{files: [in/*], scope: internal}]`
	c, err := loadText("etc/bi[n]d/.mx46.yaml", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"etc/bi[n]d/db.org": "ipv4", "etc/all/db.org": "ipv6", "etc/bind/db.org": "dual", "db.org": "dual"} {
		if got := c.For(file).Stack.Value.Word(); got != want {
			t.Errorf("%s is %s, want %s", file, got, want)
		}
	}
	got := []string{c.Zones[0].Path, c.Zones[1].Path, c.Zones[2].Path, c.Paths()["/srv"]}
	want := []string{`etc/bi\[n]d/db.*`, "etc/all/db.*", "etc/bi[n]d/named.conf", "etc/bi[n]d/a b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !c.Excludes("etc/bi[n]d/db.1") || c.Excludes("db.1") {
		t.Error("what is excluded is relative to something else")
	}
	if c.For("etc/bi[n]d/in/x").At(zonefiles.MustName("a.")).Scope.Value != delivery.Internal {
		t.Error("files of an override are relative to something else")
	}
	if _, err := loadText("etc/bind/.mx46.yaml", "exclude: [../../../x]", nil); err == nil || !strings.Contains(err.Error(), "out of the root") {
		t.Errorf("the error is %v", err)
	}
}

func TestAnEmptyFileIsTheDefaults(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "---\n", "\ufeff# with a byte order mark\r\n", "{}", "null"} {
		got := mustLoad(t, text)
		if diff := cmp.Diff(New(), got, sameConfig); diff != "" {
			t.Errorf("%q: -want +got:\n%s", text, diff)
		}
	}
}

// Each case is one document and all of its errors, without the file name that stands before each.
func TestLoadTellsEveryFault(t *testing.T) {
	long := strings.Repeat("a", 100)
	tests := []struct {
		name, text string
		want       []string
	}{
		{
			"several faults are all told, in the order of the file", "rulez: {}\nstack: duel\nzones: a\nscope: [public]\n",
			[]string{
				`1:1: unknown key "rulez"; did you mean rules?`,
				`2:8: stack is "duel"; did you mean dual?`,
				`3:8: zones is text; it must be a list`,
				`4:8: scope is a list; it must be public or internal`,
			},
		},
		{"the document is a list", "- a\n", []string{"1:1: the configuration is a list; it must be a mapping"}},
		{"the document is text", "stack", []string{"1:1: the configuration is text; it must be a mapping"}},
		{"an unknown key that is like no other", "color: red\n", []string{
			`1:1: unknown key "color"; the keys here are stack, scope, dialect, fail-on, min-severity, baseline, zones, exclude, rules, overrides, hosts, relay, nat64-prefixes, paths, mta-sts`,
		}},
		{"an underscore for a hyphen", "fail_on: error\n", []string{`1:1: unknown key "fail_on"; did you mean fail-on?`}},
		{"a key in capitals", "Stack: dual\n", []string{`1:1: unknown key "Stack"; did you mean stack?`}},
		{"a key that holds control characters is quoted", `"\e[31m\u202e\0": 1`, []string{
			`1:1: unknown key "\x1b[31m\u202e\x00"; the keys here are stack, scope, dialect, fail-on, min-severity, baseline, zones, exclude, rules, overrides, hosts, relay, nat64-prefixes, paths, mta-sts`,
		}},
		{"a long key is cut", "relay: {" + long + ": 1}\n", []string{
			`1:9: unknown key "` + long[:80] + `"...; the keys here are links, final`,
		}},
		{"a long key is cut between characters", "relay: {" + long[:79] + "éé: 1}\n", []string{
			`1:9: unknown key "` + long[:79] + `"...; the keys here are links, final`,
		}},
		{"a key twice", "stack: dual\nscope: public\nstack: ipv4\n", []string{`3:1: key "stack" appears twice, first in line 1`}},
		{"a key that is a list", "? [a]\n: b\nstack: x1\n", []string{
			"1:3: a key is a list; it must be text",
			`3:8: stack is "x1"; it must be dual, ipv4 or ipv6`,
		}},
		{"a column counts characters", "hosts: {é: {}, ö: {x: 1}}\n", []string{
			`1:9: a key of hosts is "é"; write it as in the DNS, with xn--`,
			"1:12: an entry of hosts needs families, outbound or same-host",
			`1:16: a key of hosts is "ö"; write it as in the DNS, with xn--`,
			`1:20: unknown key "x"; the keys here are families, outbound, same-host`,
		}},
		{"a column counts a tab as one", "stack:\t\tx1\n", []string{`1:9: stack is "x1"; it must be dual, ipv4 or ipv6`}},
		{"lines end in CR LF", "scope: public\r\nstack: x1\r\n", []string{`2:8: stack is "x1"; it must be dual, ipv4 or ipv6`}},

		{"a value is missing", "stack:\nrules:\n", []string{
			"1:7: stack is empty; it must be dual, ipv4 or ipv6",
			"2:7: rules is empty; it must be a mapping",
		}},
		{"values of other types", "stack: 4\nscope: true\nfail-on: 1.5\nmin-severity: 2001-01-01\n", []string{
			"1:8: stack is a number; it must be dual, ipv4 or ipv6",
			"2:8: scope is true or false; it must be public or internal",
			"3:10: fail-on is a number; it must be error, warning, note or never",
			"4:15: min-severity is a date; it must be error, warning or note",
		}},
		{"never is no severity and off is no threshold", "fail-on: off\nmin-severity: never\n", []string{
			`1:10: fail-on is "off"; it must be error, warning, note or never`,
			`2:15: min-severity is "never"; it must be error, warning or note`,
		}},

		{"an unknown rule that is near a known one", "rules: {mx-target-cnam: off}\n", []string{
			`1:9: unknown rule "mx-target-cnam"; did you mean mx-target-cname?`,
		}},
		{"an unknown rule that is near none", "overrides: [{zones: [a.example], rules: {x: off}}]\n", []string{
			`1:42: unknown rule "x"; "mx46 rules" lists them`,
		}},
		{"a severity that is none", "rules: {addr-private: warn, mx-target-cname: false}\n", []string{
			`1:23: addr-private is "warn"; it must be error, warning, note or off`,
			"1:46: mx-target-cname is true or false; it must be error, warning, note or off",
		}},
		{"a mistyped severity", "rules: {addr-private: eror}\n", []string{`1:23: addr-private is "eror"; did you mean error?`}},

		{"zones without a source, with two, and with what does not belong", "zones:\n- {stack: dual}\n- {files: a, named-conf: b}\n- {named-conf: b, origin: c, view: d}\n- x\n", []string{
			"2:3: an entry of zones needs one of files, folder, named-conf, nsd-conf or knot-conf",
			"3:3: an entry of zones has only one of files and named-conf",
			"4:19: origin goes with files, not with named-conf",
			"4:30: view goes with files, not with named-conf",
			"5:3: an entry of zones is text; it must be a mapping",
		}},
		{"paths that lead out of the root", "zones:\n- files: /etc/bind/*\n- files: a/../../b\n- named-conf: ../../named.conf\n- named-conf: C:/named.conf\nexclude: [..]\npaths: {/a: /b, /c: d/..}\n", []string{
			`2:10: files is "/etc/bind/*"; it must be relative to the configuration, not absolute`,
			`3:10: files is "a/../../b"; it must not lead out of the root with ..`,
			`4:15: named-conf is "../../named.conf"; it must not lead out of the root with ..`,
			`5:15: named-conf is "C:/named.conf"; it must be relative to the configuration, not absolute`,
			`6:11: an item of exclude is ".."; it must not lead out of the root with ..`,
			`7:13: the right side of paths is "/b"; it must be relative to the configuration, not absolute`,
			`7:21: the right side of paths is "d/.."; it must not lead out of the root with ..`,
		}},
		{"server paths that are not absolute, climb, or are there twice", "paths: {a: b, /a/../b: c, /d: e, /d//: f, '': g}\n", []string{
			`1:9: a key of paths is "a"; it must be absolute, as the name server sees it`,
			`1:15: a key of paths is "/a/../b"; it must not hold ..`,
			`1:34: key "/d//" appears twice, first in line 1`,
			`1:43: a key of paths is empty`,
		}},
		{"globs that are none", `exclude: ["", "a[", "a[]", "a[!]", "a]", "{a,b}", "a\\b", "a\nb", "` + strings.Repeat("a", 1025) + `"]`, []string{
			"1:11: an item of exclude is empty",
			`1:15: an item of exclude is "a["; a class in brackets must be closed, hold something, and hold no slash or bracket`,
			`1:21: an item of exclude is "a[]"; a class in brackets must be closed, hold something, and hold no slash or bracket`,
			`1:28: an item of exclude is "a[!]"; a class in brackets must be closed, hold something, and hold no slash or bracket`,
			`1:36: an item of exclude is "a]"; a class in brackets must be closed, hold something, and hold no slash or bracket`,
			`1:42: an item of exclude is "{a,b}"; braces are not allowed: write one glob for each alternative`,
			`1:51: an item of exclude is "a\\b"; it must not hold backslashes or control characters`,
			`1:59: an item of exclude is "a\nb"; it must not hold backslashes or control characters`,
			"1:67: an item of exclude has more than 1024 characters",
		}},
		{"phrases that are none", "zones: [{files: a, view: ''}, {files: b, view: é}]\n", []string{
			`1:26: view is ""; it must be 1 to 255 printable ASCII characters`,
			`1:48: view is "é"; it must be 1 to 255 printable ASCII characters`,
		}},

		{"overrides without zones, with none, with nothing to say", "overrides:\n- {stack: dual}\n- {zones: [], stack: dual}\n- {zones: [a.example]}\n- 7\n", []string{
			"2:3: an entry of overrides needs zones, files or views",
			"3:11: zones is an empty list",
			"4:3: an entry of overrides needs stack, scope or rules as well",
			"5:3: an entry of overrides is a number; it must be a mapping",
		}},
		{"wildcards elsewhere than in front", "overrides: [{stack: dual, zones: ['a*.example', '*.*.example', '**', '*.', 7, '*..']}]\nhosts: {'*.example': {families: [ipv4]}}\n", []string{
			`1:35: an item of zones is "a*.example"; a wildcard may only be the first label, or all, of an item of an override's zones`,
			`1:49: an item of zones is "*.example"; a wildcard may only be the first label, or all, of an item of an override's zones`,
			`1:64: an item of zones is "**"; a wildcard may only be the first label, or all, of an item of an override's zones`,
			`1:70: an item of zones is "", which is not a domain name: it is empty`,
			"1:76: an item of zones is a number; it must be a domain name",
			`1:79: an item of zones is "*..", which is not a domain name: it has an empty label`,
		}},
		{"domain names that are none", "relay: {final: [a..b, '', " + strings.Repeat("a", 64) + ", '\\300', '@', 'a b', 10]}\n", []string{
			`1:17: an item of final is "a..b", which is not a domain name: it has an empty label`,
			`1:23: an item of final is "", which is not a domain name: it is empty`,
			`1:27: an item of final is "` + strings.Repeat("a", 64) + `", which is not a domain name: it has a label of more than 63 octets`,
			`1:93: an item of final is "\\300", which is not a domain name: it has an escape that is neither \X nor \DDD up to 255`,
			`1:101: an item of final is "@"; a space or one of "@$;() in it must be written as \DDD`,
			`1:106: an item of final is "a b"; a space or one of "@$;() in it must be written as \DDD`,
			`1:113: an item of final is a number; it must be a domain name`,
		}},
		{"one host in two spellings", "hosts:\n  mx.example: {families: [ipv4]}\n  MX.example.: {families: [ipv6]}\n", []string{
			`3:3: key "MX.example." appears twice, first in line 2`,
		}},
		{"families that are none", "hosts: {a.example: {families: [], outbound: [ipv5, ipv4, ipv4], same-host: 1}}\n", []string{
			"1:31: families is an empty list",
			"1:45: outbound has 3 items; at most 2 are allowed",
			"1:76: same-host is a number; it must be a domain name",
		}},
		{"a family twice, and a mistyped one", "hosts: {a.example: {families: [ipv4, ipv4], outbound: [v6]}}\n", []string{
			"1:38: families has ipv4 twice",
			`1:56: an item of outbound is "v6"; it must be ipv4 or ipv6`,
		}},
		{"links without ends", "relay: {links: [{from: a.example}, {}, {from: a.example, to: b.example, via: \"\\t\"}, 1], final: a.example}\n", []string{
			"1:17: an entry of links needs to",
			"1:36: an entry of links needs from",
			"1:36: an entry of links needs to",
			`1:78: via is "\t"; it must be 1 to 255 printable ASCII characters`,
			"1:85: an entry of links is a number; it must be a mapping",
			"1:96: final is text; it must be a list",
		}},
		{"prefixes that are none", "nat64-prefixes: [64:ff9b::, 192.0.2.0/24, '64:ff9b::192.0.2.0/96', '2001:db8::/33', '2001:db8::1/96', 64]\n", []string{
			`1:18: an item of nat64-prefixes is "64:ff9b::"; it must be an IPv6 prefix such as 2001:db8:64::/96`,
			`1:29: an item of nat64-prefixes is "192.0.2.0/24"; it must be an IPv6 prefix such as 2001:db8:64::/96`,
			`1:43: an item of nat64-prefixes is "64:ff9b::192.0.2.0/96"; write it in hexadecimal: 64:ff9b::/96`,
			`1:68: an item of nat64-prefixes is "2001:db8::/33"; the length must be 32, 40, 48, 56, 64 or 96 (RFC 6052 section 2.2)`,
			`1:85: an item of nat64-prefixes is "2001:db8::1/96"; bits beyond the length are set: did you mean 2001:db8::/96?`,
			"1:103: an item of nat64-prefixes is a number; it must be an IPv6 prefix",
		}},

		{"anchors, aliases, tags and merge keys", "rules: &r {addr-private: !!str off}\noverrides:\n- zones: [a.example]\n  rules: *r\n- {<<: {stack: dual}, zones: [b.example], scope: public}\n", []string{
			"1:8: anchors (&r) are not allowed",
			"1:26: tags (!!str) are not allowed",
			"4:10: aliases (*r) are not allowed",
			"5:4: merge keys (<<) are not allowed",
		}},
		{"an alias as a key", "a: &a b\n*a : c\n", []string{
			`1:1: unknown key "a"; the keys here are stack, scope, dialect, fail-on, min-severity, baseline, zones, exclude, rules, overrides, hosts, relay, nat64-prefixes, paths, mta-sts`,
			"1:4: anchors (&a) are not allowed",
			"2:1: aliases (*a) are not allowed",
		}},
		{"a second document", "stack: dual\n---\nscope: public\n", []string{
			"2:1: a second YAML document begins here; the configuration is one document",
		}},
		{"a second document that cannot be read", "stack: dual\n---\n]\n", []string{
			"3:1: this is not YAML: did not find expected node content",
		}},
		{"wrong indentation", "zones:\n  - files: a\n scope: public\n", []string{"3:2: this is not YAML: did not find expected key"}},
		{"a list that is not closed", "stack: dual\nexclude: [a, b\nscope: public\n", []string{
			"3:1: this is not YAML: did not find expected ',' or ']'",
		}},
		{"a quote that is not closed", "stack: \"dual\nscope: public\n", []string{
			"2:1: this is not YAML: found unexpected end of stream",
		}},
		{"a tab for indentation", "relay:\n\tfinal: []\n", []string{
			"2:2: this is not YAML: found character that cannot start any token",
		}},
		{"a NUL", "stack: dual\nsc\x00pe: public\n", []string{"2:3: character U+0000 is not allowed"}},
		{"a line separator that editors do not follow", "# é\u2028stack: x\n", []string{"1:4: character U+2028 is not allowed"}},
		{"Latin-1", "# caf\xe9\n", []string{"1:6: byte 0xe9 is not UTF-8"}},
		{"UTF-16", "\xff\xfes\x00", []string{"1:1: byte 0xff is not UTF-8"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := loadText("dns/.mx46.yaml", test.text, ruleNames)
			if err == nil {
				t.Fatalf("no error")
			}
			if c != nil {
				t.Errorf("a Config beside the error")
			}
			want := "dns/.mx46.yaml:" + strings.Join(test.want, "\ndns/.mx46.yaml:")
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestHostileDocumentsAreRefusedSoon(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += strings.ReplaceAll(string(c)+": &"+string(c)+" [P,P,P,P,P,P,P,P,P]\n", "P", "*"+string(c-1))
	}
	fill := func(s string) string { return strings.Repeat(s, maxSize/len(s)) }
	tests := []struct{ name, text, want string }{
		{"a bomb of aliases", bomb, "2:8: aliases (*a) are not allowed"},
		{"deep nesting in flow style", fill("["), "1:1: this is not YAML: exceeded max depth of 10000"},
		{"deep nesting in block style", fill("- "), "1:1: this is not YAML: exceeded max depth of 10000"},
		{"nesting that the parser allows", strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "the configuration is a list"},
		{"very many unknown rules of the length of known ones", "rules:\n" + fill(" aaaaaaaaaaaaaaa:\n")[17:], `unknown rule "aaaaaaaaaaaaaaa"; "mx46 rules" lists them`},
		{"very many items", "exclude: [" + fill("a,")[:maxSize-20] + "]", "1:10: exclude has 524278 items; at most 1000 are allowed"},
		{
			"very many patterns of files", "zones: [" + strings.Repeat("{files: '**/a*'},", 1001) + "]",
			"1:17009: zones has more than 1000 entries with wildcards",
		},
		{"a file that is too large", fill("#") + "\n", "1:1: a configuration has at most 1048576 bytes, and the file has more"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			_, err := loadText("f", test.text, ruleNames)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				text := "no error"
				if err != nil {
					text = err.Error()[:min(200, len(err.Error()))]
				}
				t.Errorf("got %s; want %s", text, test.want)
			}
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

type panickingReader struct{}

func (panickingReader) Read([]byte) (int, error) { panic("out of order") }

func TestAPanicOfTheParserIsAnError(t *testing.T) {
	err := decode(yaml.NewDecoder(panickingReader{}), new(yaml.Node))
	if err == nil || err.Error() != "the parser gave up: out of order" {
		t.Errorf("got %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(whole))
	for _, s := range []string{
		"", "---\n...\n", "a: &x 1\nb: *x\n", "<<: {}\n", "? [a]\n: b\n", "zones: [{files: 'a[b]*'}]\n", "hosts: {\"\\e\": {}}\n", "%YAML 1.1\n---\n",
		"stack: |\n  dual\n", "a: !!binary eA==\n", "overrides: [{zones: ['*.a'], stack: dual}]\n", "\ufeffstack: dual\n", "'a\n\n", "a: b: c\n", "- - - ? : -",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := loadText("f", string(data), ruleNames)
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				var at [2]int
				n, _ := fmt.Sscanf(line, "f:%d:%d: ", &at[0], &at[1])
				if n != 2 || at[0] < 1 || at[1] < 1 || !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) {
					t.Errorf("%q", line)
				}
			}
			return
		}
		for _, z := range c.Zones {
			for element := range strings.SplitSeq(strings.ReplaceAll(z.Path, "[!", "[^"), "/") {
				if _, err := path.Match(element, "x"); z.Server == 0 && err != nil {
					t.Errorf("glob %q is accepted", z.Path)
				}
			}
			c.For(z.Path).At(z.values.Origin.Value).Severity(&lint.Rule{Name: "addr-private"})
		}
	})
}
