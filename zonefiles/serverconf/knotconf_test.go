package serverconf

import "testing"

func TestReadKnotConf(t *testing.T) {
	runConfTests(t, "etc/knot.conf", KnotDNS, []confTest{
		{
			"zones take what they do not say from their template", map[string]string{"etc/knot.conf": `# comment
server:
    listen: [ 0.0.0.0@53, ::@53 ]
template:
  - id: default
    storage: /var/lib/knot/zones   # here
  - id: "second"
    file: "%c[0]/%c[0-2]/%l[0]/%l[1]/%l[9]/%%/%s"
    storage: sub
  - id: third
    master: r
zone:
  - domain: example.org
  - domain: Second.example.
    template: second
    unknown: x

  - domain: third.example
    file: "a b#c" # d
    storage: /srv
  - domain: fourth.example
    template: third
  - domain: fifth.example
    catalog-role: generate
remote:
  - id: r
    address: 192.0.2.1
    file: no
`}, map[string]string{"/var/lib/knot": "knot", "/srv": "."}, `
example.org. knot/zones/example.org.zone at etc/knot.conf:13:13 example.org file example.org
second.example. knot/sub/s/sec/example/second/%/second.example at etc/knot.conf:14:13 Second.example. file "%c[0]/%c[0-2]/%l[0]/%l[1]/%l[9]/%%/%s"
third.example. a b#c at etc/knot.conf:18:13 third.example file "a b#c"
copy: fourth.example. knot/fourth.example.zone at etc/knot.conf:21:13
aside: 1 catalog
aside: 1 secondary
`,
		},
		{
			"includes are relative to the including file, and so are files without storage", map[string]string{
				"etc/knot.conf":     "include: d/*.conf\r\nzone:\r\n- domain: a\r\n  file: x\r\ninclude: none",
				"etc/d/1.conf":      "zone:\n  - domain: b\n    file: y\ninclude: deep/2.conf\n",
				"etc/d/deep/2.conf": "zone:\n  - domain: c\n",
			}, nil, `
b. etc/y at etc/d/1.conf:2:13 b file y
c. etc/c.zone at etc/d/deep/2.conf:2:13 c file c
a. etc/x at etc/knot.conf:3:11 a file x
etc/knot.conf:5:10: "etc/none" cannot be included: no such file or directory
`,
		},
		{
			"mistakes are reported", map[string]string{
				"etc/knot.conf": "zone\nzone:\n\t- domain: a\n  - domain: b..c\n  - domain: d\n    template: none\n  - domain: D.\n  - domain: \"e\n",
			}, nil, `
d. etc/d.zone at etc/knot.conf:5:13 d file d
e. etc/e.zone at etc/knot.conf:8:13 "e file "e
etc/knot.conf:1:1: this line is not read as key: value
etc/knot.conf:3:1: this line is not read as key: value
etc/knot.conf:8:13: this string has no end
etc/knot.conf:4:13: "b..c" is not a zone's name: it has an empty label
etc/knot.conf:6:15: there is no template "none"
etc/knot.conf:7:13: zone "d." is configured twice
`,
		},
	})
}

func FuzzReadKnotConf(f *testing.F) {
	fuzzConf(f, "knot.conf", KnotDNS,
		"template:\n  - id: default\n    storage: /etc\n    file: %c[0-9]%l[0]%s\nzone:\n  - domain: a\n    file: \"b\"\ninclude: inc\n", "zone:\n- domain:", "- -")
}
