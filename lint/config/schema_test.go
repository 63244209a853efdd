package config

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema(ruleNames)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// asJSON is what an editor hands to the schema: the document's values. Of a key that is there twice the last stays.
func asJSON(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case 0:
		return nil
	case yaml.DocumentNode:
		return asJSON(t, n.Content[0])
	case yaml.AliasNode:
		return asJSON(t, n.Alias)
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, asJSON(t, item))
		}
		return list
	case yaml.MappingNode:
		mapping := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			mapping[n.Content[i].Value] = asJSON(t, n.Content[i+1])
		}
		return mapping
	}
	if n.ShortTag() == "!!timestamp" {
		return n.Value // JSON has no dates
	}
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	if i, ok := v.(int); ok {
		return float64(i)
	}
	return v
}

func accepts(t *testing.T, schema *jsonschema.Schema, text string) (bySchema, byLoad error) {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	_, byLoad = loadText("f", text, ruleNames)
	return schema.Validate(asJSON(t, &n)), byLoad
}

func TestSchemaAndLoadAgree(t *testing.T) {
	label63, path1024, phrase255 := strings.Repeat("a", 63), strings.Repeat("a", 1024), strings.Repeat("a", 255)
	many := func(item string, n int) string { return "[" + strings.Repeat(item+", ", n) + "]" }
	good := []string{
		"", "null", "{}", whole, layered,
		"stack: dual", "stack: 'ipv4'", "stack: ipv6", "scope: public", "scope: internal",
		"fail-on: never", "fail-on: note", "min-severity: warning",
		"zones: []", "zones: [{files: a}]", "zones: [{files: ./a/}]", "zones: [{files: a//b}]", "zones: [{files: '**/*.zone'}]",
		"zones: [{files: 'a[a-z]?[!0-9]'}]", "zones: [{files: '[^a]b', origin: .}]", "zones: [{files: a..b}]", "zones: [{files: ...}]",
		"zones: [{files: 'a[!b!]'}]", "zones: [{files: é}]", "zones: [{files: " + path1024 + "}]",
		"zones: [{named-conf: '{x}[y'}]", "zones: [{nsd-conf: a}, {knot-conf: b}]", "zones: [{files: a, view: 'in side'}]",
		"zones: [{files: a, view: " + phrase255 + "}]",
		"zones: [{files: a, origin: 1/25.2.0.192.in-addr.arpa}]", `zones: [{files: a, origin: '\064\.\*.example'}]`,
		"exclude: []", "exclude: [a]", "exclude: " + many("a", 1000),
		"baseline: .mx46-baseline", "baseline: ./a/b", "zones: [{folder: .}]", "zones: [{folder: zones/, view: v, scope: internal, stack: ipv4}]",
		"rules: {'mx-*': off, addr-private: error, '*': note}",
		"rules: {}", "rules: {addr-private: off}", "rules: {addr-private: error, mx-target-cname: note}",
		"overrides: []", "overrides: [{zones: ['*'], stack: dual}]", "overrides: [{zones: [., '*.a', b.], rules: {}}]",
		"hosts: {}", "hosts: {a: {families: [ipv4]}}", "hosts: {A.b_c.: {outbound: [ipv6, ipv4], same-host: d}}", "hosts: {1: {same-host: b}}",
		"hosts: {" + label63 + ".a: {same-host: b}}",
		"relay: {}", "relay: {links: [], final: []}", "relay: {links: [{from: a, to: b}]}", "relay: {final: ['a!#%&+,:<=>?[]^`{|}~']}",
		"nat64-prefixes: []", "nat64-prefixes: ['64:ff9b::/96']", "nat64-prefixes: ['2001:DB8:0:0:0:0:0:0/32', '::/64']",
		"nat64-prefixes: ['2001:db8:1:2::/64', '2001:db8::1:0:0/96', '1::2:3:0:0:0/96', '0:1::/32', '::1:2:3:4:0:0/96']", "nat64-prefixes: ['64:FF9b:0001::/48']",
		"paths: {}", "paths: {/: .}", "paths: {/var/named/: zones, '/c:/x': y}",
		"mta-sts: {}", "mta-sts: {example.org: www/mta-sts.txt, b.: ./c}",
	}
	bad := []string{
		"[]", "a", "7", "true", "unknown: 1", "Stack: dual", "stack: Dual", "stack:", "stack: [dual]", "stack: both", "stack: 4", "stack: {}",
		"scope: private", "scope: false", "fail-on: off", "fail-on: 2", "min-severity: never", "min-severity: off",
		"zones:", "zones: {}", "zones: a", "zones: [a]", "zones: [{}]", "zones: [{stack: dual}]", "zones: [{files: [a]}]", "zones: [{files: 7}]",
		"zones: [{files: a, named-conf: b}]", "zones: [{named-conf: a, nsd-conf: b, knot-conf: c}]", "zones: [{named-conf: a, origin: b}]",
		"zones: [{knot-conf: a, stack: dual}]", "zones: [{named-conf: a, scope: public}]", "zones: [{nsd-conf: a, view: b}]",
		"zones: [{files: a, file: b}]", "zones: [{files: ''}]", "zones: [{files: /a}]", "zones: [{files: ../a}]", "zones: [{files: a/..}]",
		"zones: [{files: ..}]", "zones: [{files: 'C:/a'}]", "zones: [{files: 'a\\b'}]", "zones: [{files: \"a\\tb\"}]", "zones: [{files: \"a\\x7f\"}]",
		"zones: [{files: '{a,b}'}]", "zones: [{files: '[a'}]", "zones: [{files: '[]'}]", "zones: [{files: '[!]'}]", "zones: [{files: '[^^]'}]",
		"zones: [{files: 'a]'}]", "zones: [{files: '[a/b]'}]", "zones: [{files: '[[a]'}]", "zones: [{files: " + path1024 + "a}]",
		"zones: [{named-conf: /etc/named.conf}]", "zones: [{nsd-conf: a/../b}]", "zones: [{knot-conf: ''}]",
		"zones: [{files: a, view: ''}]", "zones: [{files: a, view: é}]", "zones: [{files: a, view: 1}]", "zones: [{files: a, view: " + phrase255 + "a}]",
		"zones: [{files: a, origin: ''}]", "zones: [{files: a, origin: a..b}]", "zones: [{files: a, origin: .a}]", "zones: [{files: a, origin: '@'}]",
		"zones: [{files: a, origin: 'a b'}]", "zones: [{files: a, origin: é}]", "zones: [{files: a, origin: '*.a'}]", "zones: [{files: a, origin: " + label63 + "a}]",
		`zones: [{files: a, origin: '\256'}]`, `zones: [{files: a, origin: '\25'}]`, `zones: [{files: a, origin: 'a\'}]`, "zones: [{files: a, origin: 7}]",
		`zones: [{files: a, origin: "a\n"}]`, "zones: [{files: a, origin: a;b}]", "zones: [{files: a, origin: a$b}]", "zones: " + many("{files: a}", 10001),
		"baseline: ", "baseline: /a", "baseline: ../a", "baseline: [a]", "zones: [{folder: /a}]", "zones: [{folder: ..}]", "zones: [{folder: a, origin: b}]",
		"zones: [{folder: a, files: b}]", "rules: {'mx*a': off}", "rules: {'!mx-*': off}", "rules: {'mx-*': warn}",
		"exclude: a", "exclude: [[a]]", "exclude: [/a]", "exclude: " + many("a", 1001),
		"rules: []", "rules: {mx-target: off}", "rules: {addr-private: warn}", "rules: {addr-private: false}", "rules: {addr-private: never}", "rules: {addr-private: }",
		"overrides: {}", "overrides: [{}]", "overrides: [{zones: [a]}]", "overrides: [{stack: dual}]", "overrides: [{zones: [], stack: dual}]",
		"overrides: [{zones: a, stack: dual}]", "overrides: [{zones: ['a*'], stack: dual}]", "overrides: [{zones: ['*.'], stack: dual}]",
		"overrides: [{zones: ['*..'], stack: dual}]", "overrides: [{zones: ['**'], stack: dual}]", "overrides: [{zones: ['*.*.a'], stack: dual}]",
		"overrides: [{zones: [a.*], stack: dual}]", "overrides: [{zones: [''], stack: dual}]", "overrides: [{zones: [a], hosts: {}}]",
		"hosts: []", "hosts: {a: {}}", "hosts: {a: ipv4}", "hosts: {a: }", "hosts: {'': {same-host: b}}", "hosts: {a b: {same-host: b}}", "hosts: {'*.a': {same-host: b}}",
		"hosts: {a: {families: []}}", "hosts: {a: {families: ipv4}}", "hosts: {a: {families: [dual]}}", "hosts: {a: {families: [ipv4, ipv4]}}",
		"hosts: {a: {outbound: [4]}}", "hosts: {a: {same-host: [b]}}", "hosts: {a: {family: [ipv4]}}",
		"relay: []", "relay: {link: []}", "relay: {links: [{from: a}]}", "relay: {links: [{to: a}]}", "relay: {links: [{from: a, to: b, via: ''}]}",
		"relay: {links: {from: a, to: b}}", "relay: {final: a}", "relay: {final: [a, 1]}", "relay: {final: [.a]}",
		"nat64-prefixes: a", "nat64-prefixes: [64:ff9b::]", "nat64-prefixes: ['64:ff9b::/95']", "nat64-prefixes: ['64:ff9b::/096']", "nat64-prefixes: [192.0.2.0/32]",
		"nat64-prefixes: ['1:2:3:4:5:6:7/64']", "nat64-prefixes: ['1:2:3:4:5:6:7:8:9/64']", "nat64-prefixes: ['1::2::/64']", "nat64-prefixes: ['12345::/64']",
		"nat64-prefixes: ['64:ff9b::192.0.2.1/96']", "nat64-prefixes: ['::g/64']", "nat64-prefixes: [':1::/64']", "nat64-prefixes: ['1:2:3:4:5:6:7:8::/64']", "nat64-prefixes: ['fe80::%a/64']",
		"paths: []", "paths: {a: b}", "paths: {/a: /b}", "paths: {/a: ../b}", "paths: {/a/../b: c}", "paths: {'': a}", "paths: {/a: ''}", "paths: {/a: 1}", "paths: {/a\\b: c}",
		"mta-sts: []", "mta-sts: {a: }", "mta-sts: {a: [b]}", "mta-sts: {a: /b}", "mta-sts: {a: ../b}", "mta-sts: {'*.a': b}", "mta-sts: {'': b}",
	}
	schema := compiledSchema(t)
	for _, text := range good {
		if bySchema, byLoad := accepts(t, schema, text); bySchema != nil || byLoad != nil {
			t.Errorf("%.80s\nis refused: schema: %v\nLoad: %v", text, bySchema, byLoad)
		}
	}
	for _, text := range bad {
		if bySchema, byLoad := accepts(t, schema, text); bySchema == nil || byLoad == nil {
			t.Errorf("%.80s\nis accepted: schema: %v\nLoad: %v", text, bySchema, byLoad)
		}
	}
}

// What the comment of Schema lists.
func TestOnlyLoadSees(t *testing.T) {
	name256 := strings.Repeat(strings.Repeat("a", 63)+".", 3) + strings.Repeat("a", 62)
	schema := compiledSchema(t)
	for _, text := range []string{
		"stack: dual\nstack: dual",
		"hosts: {a.example: {families: [ipv4]}, A.example.: {families: [ipv4]}}",
		"paths: {/a: b, /a/: b}",
		"relay: {final: [" + name256 + "]}",
		"nat64-prefixes: ['2001:db8::1/96']",
		"rules: {'nothing-*': off}",
		"stack: &a dual",
		"stack: !!str dual",
		"exclude: &a []\nzones: *a",
		"stack: dual\n---\nscope: public",
	} {
		if bySchema, byLoad := accepts(t, schema, text); bySchema != nil || byLoad == nil {
			t.Errorf("%s\nschema: %v\nLoad: %v", text, bySchema, byLoad)
		}
	}
}

func TestTheSchemaHoldsThePatternsOfLoad(t *testing.T) {
	var doc struct {
		Defs map[string]struct{ Pattern string } `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &doc); err != nil {
		t.Fatal(err)
	}
	for name, pattern := range map[string]string{
		"domain": domainPattern().String(), "phrase": phrasePattern().String(), "path-text": pathPattern().String(), "glob": globPattern().String(),
	} {
		if got := doc.Defs[name].Pattern; got != pattern {
			t.Errorf("%s:\nschema: %s\nLoad:   %s", name, got, pattern)
		}
	}
}

func TestSchemaWithoutRulesIsStillASchema(t *testing.T) {
	text, err := Schema(nil)
	if err != nil || !json.Valid(text) || !bytes.Contains(text, []byte(`{"enum": []}`)) {
		t.Errorf("%v\n%s", err, text)
	}
}
