package lint

import (
	"cmp"
	"slices"

	"mx46/lint/mail"
	"mx46/zonefiles"
)

// This file counts the mail domains that could not be judged, since nothing here knows their MX hosts.

// Unjudged counts the mail domains whose fate hangs on hosts that nothing here knows, below one suffix.
type Unjudged struct {
	Suffix      zonefiles.Name // most often what the hosts' operator has registered
	MailDomains int
}

// countUnjudged counts a mail domain if what is not known may change how mail to it ends.
func (c *collector) countUnjudged(d *mail.Domain) {
	if !d.IsUndecided() {
		return
	}
	if c.unjudged == nil {
		c.unjudged = map[zonefiles.Name]int{}
	}
	c.unjudged[suffixOf(d.FirstUnknown())]++
}

// unjudgedList is the counts, the highest first.
func (c *collector) unjudgedList() []Unjudged {
	var list []Unjudged
	for suffix, n := range c.unjudged {
		list = append(list, Unjudged{suffix, n})
	}
	slices.SortFunc(list, func(a, b Unjudged) int {
		return cmp.Or(cmp.Compare(b.MailDomains, a.MailDomains), cmp.Compare(a.Suffix, b.Suffix))
	})
	return list[:min(len(list), maxUnjudged)]
}

// suffixOf is the part of a host's name by which hosts are counted together: the last two labels, or three where the
// second one is a word that registries of countries sell names below, such as co.uk.
func suffixOf(host zonefiles.Name) zonefiles.Name {
	suffix := host
	for suffix.Labels() > 2 {
		suffix = suffix.Parent()
	}
	isCountry := suffix.Labels() == 2 && len(suffix.Parent().FirstLabel()) == 2
	if !isCountry || !slices.Contains(registries(), suffix.FirstLabel()) {
		return suffix
	}
	for suffix = host; suffix.Labels() > 3; {
		suffix = suffix.Parent()
	}
	return suffix
}

// registries are the words that most countries with such a registry use.
func registries() []string {
	return []string{"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"}
}
