package config

import (
	"gopkg.in/yaml.v3"

	"mx46/zonefiles"
)

// Policy is the file of an MTA-STS policy, and where the configuration says so.
type Policy struct {
	Setting[string]
	At zonefiles.Span // of the mail domain
}

// policies reads where the MTA-STS policies of mail domains are.
func (r *reader) policies(n *yaml.Node, c *Config) {
	first := map[zonefiles.Name]*yaml.Node{}
	keys := r.mapping(n, "mta-sts", func(key, value *yaml.Node) {
		file, okFile := r.path(value, "the right side of mta-sts", "a path")
		domain, okDomain := r.parseDomain(key, "a key of mta-sts", key.Value)
		switch before := first[domain]; {
		case !okFile || !okDomain:
		case before != nil:
			r.twice(key, before)
		default:
			first[domain] = key
			c.Policies[domain] = Policy{Setting[string]{file, r.from(value)}, r.at(key)}
		}
	})
	if len(keys) > maxItems {
		r.fail(n, "mta-sts has more than %d entries", maxItems)
	}
}
