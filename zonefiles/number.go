package zonefiles

import "bytes"

// Numbers and times as master files write them.

// parseUint reads decimal digits up to a largest value.
func parseUint(text []byte, largest uint64) (uint64, bool) {
	if len(text) == 0 {
		return 0, false
	}
	var n uint64
	for _, c := range text {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
		if n > largest {
			return 0, false
		}
	}
	return n, true
}

// parseTTL reads seconds, or numbers with units as BIND writes them: 1w2d3h4m5s. It reports false beyond 2^32-1.
func parseTTL(text []byte) (seconds uint32, ok bool) {
	const largest = 1<<32 - 1
	if n, ok := parseUint(text, largest); ok {
		return uint32(n), true
	}
	var total, n uint64
	digits := false
	for _, c := range text {
		if isDigit(c) {
			n = n*10 + uint64(c-'0')
			if n > largest {
				return 0, false
			}
			digits = true
			continue
		}
		unit := ttlUnit(lower(c))
		if unit == 0 || !digits {
			return 0, false
		}
		total += n * unit
		if total > largest {
			return 0, false
		}
		n, digits = 0, false
	}
	return uint32(total), !digits && len(text) > 0
}

func ttlUnit(c byte) uint64 {
	switch c {
	case 's':
		return 1
	case 'm':
		return 60
	case 'h':
		return 3600
	case 'd':
		return 24 * 3600
	case 'w':
		return 7 * 24 * 3600
	}
	return 0
}

// isTime reports whether text is a time as YYYYMMDDHHmmSS, of a day that there is (RFC 4034 s.3.2).
func isTime(text []byte) bool {
	if len(text) != 14 || !onlyDigits(text, &decimalDigit) {
		return false
	}
	two := func(i int) int { return int(text[i]-'0')*10 + int(text[i+1]-'0') }
	year, month, day := two(0)*100+two(2), two(4), two(6)
	if month < 1 || month > 12 || two(8) >= 24 || two(10) >= 60 || two(12) > 60 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days++
	}
	return day >= 1 && day <= days
}

// parseDecimal reads the whole part of a number that is at most limit and may have some decimals.
func parseDecimal(text []byte, limit uint64, decimals int) (uint64, bool) {
	whole, fraction, hasPoint := bytes.Cut(text, []byte("."))
	isFraction := len(fraction) <= decimals && (len(fraction) == 0 || onlyDigits(fraction, &decimalDigit))
	if hasPoint && (decimals == 0 || !isFraction) {
		return 0, false
	}
	if len(whole) == 0 && len(fraction) > 0 {
		return 0, true
	}
	return parseUint(whole, limit)
}

// digitTable says which bytes are digits of a notation.
type digitTable [256]bool

func digitsOf(digits string) *digitTable {
	var table digitTable
	for _, c := range []byte(digits) {
		table[c] = true
	}
	return &table
}

func onlyDigits(text []byte, table *digitTable) bool {
	for _, c := range text {
		if !table[c] {
			return false
		}
	}
	return len(text) > 0
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

var (
	decimalDigit = *digitsOf("0123456789")
	alphanumeric = *digitsOf("0123456789" + letters)
	hexDigit     = *digitsOf("0123456789abcdefABCDEF")
	base32Digit  = *digitsOf("0123456789abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUV")
	base64Digit  = *digitsOf("0123456789+/" + letters)
)
