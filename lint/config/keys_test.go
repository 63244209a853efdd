package config_test

import (
	"testing"

	"mx46/lint/config"
)

func TestKeysOfTheSchema(t *testing.T) {
	keys, err := config.Keys([]string{"mx-duplicate"})
	if err != nil {
		t.Fatal(err)
	}
	about := map[string]string{}
	var walk func(before string, keys []config.Key)
	walk = func(before string, keys []config.Key) {
		for _, k := range keys {
			if k.About == "" {
				t.Errorf("nothing is said of %s%s", before, k.Name)
			}
			about[before+k.Name] = k.About
			walk(before+k.Name+".", k.Keys)
		}
	}
	walk("", keys)
	for name, want := range map[string]string{
		"stack":          "The address families that a mail domain is meant to have. One of dual, ipv4 and ipv6. The default is dual.",
		"rules":          "The severity of rules, by name. mx-* means all rules whose names begin with mx-; a name by itself wins over it. Each is one of error, warning, note and off.",
		"zones.origin":   "The origin of the zone in these files, where neither file, SOA nor file name says it.",
		"hosts.outbound": "The families in which the host can open connections. Each is one of ipv4 and ipv6.",
		"relay.links.to": "The host that receives.",
	} {
		if about[name] != want {
			t.Errorf("%s: %q, want %q", name, about[name], want)
		}
	}
}
