package fix

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"mx46/lint"
	"mx46/zonefiles"
)

// This file raises SOA serials (RFC 1982), by which secondary servers see that a zone has changed.

// raiseSerials raises the serial of every zone of which a file has changed.
func (s *session) raiseSerials(day time.Time) error {
	s.begin()
	var plans []plan
	seen := map[zonefiles.Span]bool{}
	for _, z := range slices.Concat(s.workspace.Views()...) {
		if !s.hasChanged(z) {
			continue
		}
		edit, ok := raise(z, day)
		kept := s.keepings.among([]lint.Edit{edit})
		switch {
		case !ok:
			s.noSerial(z, "it is not written as a number in an SOA record of a file")
		case kept != "":
			s.noSerial(z, "it is in "+s.workspace.Shown(kept)+", and "+s.keepings.reason(kept))
		case !seen[edit.Span]: // one file may be several zones
			seen[edit.Span] = true
			plans = append(plans, plan{edits: []lint.Edit{edit}})
		}
	}
	slices.SortFunc(s.outcome.NoSerial, func(a, b NoSerial) int { return cmp.Compare(a.File, b.File) })
	s.outcome.NoSerial = slices.Compact(s.outcome.NoSerial)
	switch reason, err := s.install(plans); {
	case err != nil:
		return err
	case reason != "":
		return fmt.Errorf("raising serials: %s", reason)
	}
	s.outcome.Serials = len(plans)
	return s.keep()
}

func (s *session) noSerial(z *zonefiles.Zone, reason string) {
	s.outcome.NoSerial = append(s.outcome.NoSerial, NoSerial{z.Path, reason})
}

// hasChanged reports whether some file that the zone is read from has another text now.
func (s *session) hasChanged(z *zonefiles.Zone) bool {
	return !z.Missing && z.ReadsAny(s.changed)
}

// raise is the edit that raises a zone's serial.
func raise(z *zonefiles.Zone, day time.Time) (lint.Edit, bool) {
	soa, ok := z.SOA()
	if !ok {
		return lint.Edit{}, false
	}
	at := soa.Field(zonefiles.SOASerial)
	serial, err := strconv.ParseUint(string(z.Files().Text(at)), 10, 32)
	if err != nil || !isOnDisk(z.Files(), at) {
		return lint.Edit{}, false
	}
	return lint.Edit{Span: at, New: strconv.FormatUint(uint64(nextSerial(uint32(serial), day)), 10)}, true
}

// nextSerial is a serial after another (RFC 1982). One of the form YYYYMMDDnn becomes the first of the day, unless it
// is that or later already, as with BIND's serial-update-method date. 0 is left out: some servers take it for no
// serial.
func nextSerial(serial uint32, day time.Time) uint32 {
	date, err := time.Parse("20060102", strconv.FormatUint(uint64(serial/100), 10))
	if err == nil && date.Year() >= firstDateYear {
		today, _ := strconv.ParseUint(day.UTC().Format("20060102")+"00", 10, 64)
		if uint64(serial) < today && today <= math.MaxUint32 && uint32(today)-serial < 1<<31 {
			return uint32(today)
		}
	}
	if serial++; serial == 0 {
		serial = 1
	}
	return serial
}

// firstDateYear is the year of RFC 883: a serial that looks like a date before it is none.
const firstDateYear = 1983
