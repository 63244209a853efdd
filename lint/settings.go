package lint

import (
	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// Settings are what the operator wants of one zone.
type Settings struct {
	Stack delivery.Families // what its mail domains are meant to support; None means Dual
	Scope delivery.Scope
	// Severities overrides those of rules, by name.
	Severities map[string]Severity
	// Domain gives the settings of one mail domain of the zone, or nil if they are the zone's. The function itself is
	// nil if no mail domain has settings of its own. Several workers call it concurrently. Equal settings had better be
	// the same.
	Domain func(zonefiles.Name) *Settings
}

// Wants reports whether mail domains are meant to have all the families of f.
func (s *Settings) Wants(f delivery.Families) bool {
	return s.Stack == delivery.None || s.Stack.Has(f)
}

// Severity is a rule's severity under the settings.
func (s *Settings) Severity(r *Rule) Severity {
	if severity, ok := s.Severities[r.Name]; ok {
		return severity
	}
	return r.Severity
}

// For gives the settings of a mail domain of the zone.
func (s *Settings) For(domain zonefiles.Name) *Settings {
	if s.Domain != nil {
		if own := s.Domain(domain); own != nil {
			return own
		}
	}
	return s
}
