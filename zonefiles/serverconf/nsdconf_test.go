package serverconf

import "testing"

func TestReadNSDConf(t *testing.T) {
	runConfTests(t, "nsd.conf", NSD, []confTest{
		{
			"zones have files of their own or a pattern's", map[string]string{"nsd.conf": `# zone: name: no.example
server:
	zonesdir: "/srv/nsd"   # here
	ip-address: ::
	database: ""
pattern:
	name: "p"
	zonefile: "x/%s.zone"
pattern: name: q include-pattern: p
key: name: "k" algorithm: hmac-sha256
zone: name: example.org include-pattern: "q"
zone:
	name: "Second.example."
	zonefile: %1/%2/%z/%y/%x/%s
zone:
	name: third.example
	request-xfr: 192.0.2.1 NOKEY
	zonefile: third
zone: name: fourth.example
`}, map[string]string{"/srv/nsd": "zones"}, `
example.org. zones/x/example.org.zone at nsd.conf:11:13 example.org file "x/%s.zone"
second.example. zones/s/e/example/second/second.example at nsd.conf:13:8 "Second.example." file %1/%2/%z/%y/%x/%s
copy: third.example. zones/third at nsd.conf:16:8
aside: 1 primary without file
aside: 1 secondary
`,
		},
		{
			"an include goes on with the section that is open", map[string]string{
				"nsd.conf": "zone:\n name: a.example\n include: \"z.conf\"\ninclude: 'd/*'\ninclude: none.conf\ninclude: d/*.none\ninclude: nsd.conf",
				"z.conf":   "zonefile: a\nzone: name: b.example\nzonefile: b",
			}, nil, `
a.example. a at nsd.conf:2:8 a.example file a
b.example. b at z.conf:2:13 b.example file b
nsd.conf:5:10: "none.conf" cannot be included: no such file or directory
nsd.conf:7:10: "nsd.conf" includes itself
`,
		},
		{
			"mistakes are reported", map[string]string{
				"nsd.conf": "zone: zonefile: a\nzone: name: a..b\nzone: name: c include-pattern: none zonefile: c\nzone: name: C. zonefile: /c\nzone: name: \"d",
			}, nil, `
c. c at nsd.conf:3:13 c file c
aside: 1 primary without file
nsd.conf:1:1: this section has no name
nsd.conf:3:32: there is no pattern "none" above this line
nsd.conf:5:13: this string has no end
nsd.conf:2:13: "a..b" is not a zone's name: it has an empty label
nsd.conf:4:13: zone "c." is configured twice
`,
		},
	})
}

func FuzzReadNSDConf(f *testing.F) {
	fuzzConf(f, "nsd.conf", NSD,
		"server: zonesdir: \"/etc\"\npattern: name: p zonefile: %s.%1.%z\nzone: name: a include-pattern: p\ninclude: \"inc\"", "zone:", "a: b: \"")
}
