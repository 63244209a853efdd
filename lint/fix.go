package lint

import "mx46/zonefiles"

// RemoveRecord is the edit that takes a record out of its file: all of its lines, with their comments. It reports false where that
// would change more: where the record shares its lines, was generated, or lends its owner to the record behind it.
func RemoveRecord(r zonefiles.Record) (Edit, bool) {
	lines, ok := r.Lines()
	if !ok || r.LendsOwner() {
		return Edit{}, false
	}
	return Edit{Span: lines}, true
}
