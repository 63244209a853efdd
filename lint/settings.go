package lint

import (
	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// This file is what is wanted of a zone.

// Settings are what holds for one zone.
type Settings struct {
	Stack delivery.Families // what its mail domains are meant to be; None stands for Dual
	Scope delivery.Scope
	// Severities are those that differ from the rules' own.
	Severities map[string]Severity
	// Domain is what holds for one mail domain of the zone; nil where that is what holds for the zone. The function itself is nil
	// where no mail domain has settings of its own. It is called by several workers at a time.
	Domain func(zonefiles.Name) *Settings
}

// Wants reports whether mail domains are meant to have all the families of f.
func (s *Settings) Wants(f delivery.Families) bool {
	return s.Stack == delivery.None || s.Stack.Has(f)
}

// Severity is what the settings make of a rule's severity.
func (s *Settings) Severity(r *Rule) Severity {
	if severity, ok := s.Severities[r.Name]; ok {
		return severity
	}
	return r.Severity
}

// For is what holds for a mail domain of the zone.
func (s *Settings) For(domain zonefiles.Name) *Settings {
	if s.Domain != nil {
		if own := s.Domain(domain); own != nil {
			return own
		}
	}
	return s
}
