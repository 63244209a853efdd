package zonefiles

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// This file carries out BIND's $GENERATE: it writes the records as text and has them parsed, in place of the directive.
//
//	$GENERATE start-stop[/step] owner [TTL] [class] type data
//
// In owner and data, $ stands for the number, ${offset,width,base} for the number plus an offset in a base and with at
// least that many digits, and $$ or \$ for a dollar sign. Bases are d, o, x, X, and n, N for nibbles separated by dots,
// lowest first.

// generate carries out one $GENERATE.
func (p *parser) generate(e *entry) {
	refuse := func(kind ProblemKind, at Span, format string, args ...any) {
		p.problem(kind, at, fmt.Sprintf(format, args...), "")
		p.gap(gap{anywhere: true})
	}
	if len(e.fields) < 5 {
		refuse(SyntaxProblem, p.around(e), "$GENERATE lacks a part of: range, owner, type, data")
		return
	}
	data, fields, limits := p.file.text, e.fields[1:], &p.loader.Limits
	rangeText, rangeAt := data[fields[0].start:fields[0].end], p.span(fields[0])
	r, problem := parseRange(rangeText)
	if problem != "" {
		refuse(SyntaxProblem, rangeAt, "$GENERATE range %s %s", Quote(rangeText), problem)
		return
	}
	left := limits.MaxGenerated - p.made
	if r.count() > uint64(left) {
		refuse(LimitProblem, rangeAt, "$GENERATE makes %d records, and %d of the %d that a zone may generate are left",
			r.count(), left, limits.MaxGenerated)
		return
	}
	p.made += int(r.count())

	_, _, _, rest := ttlAndClass(data, fields[2:])
	if len(rest) != 2 {
		at := p.around(e)
		if len(rest) > 2 {
			at = p.span(rest[2])
		}
		refuse(SyntaxProblem, at,
			`$GENERATE takes one type and one field of data after it; quote data of several fields: MX "10 mx$"`)
		return
	}
	var templates [2]template
	for i, f := range []field{fields[1], rest[1]} {
		if f.end-f.start > maxTemplate {
			refuse(LimitProblem, p.span(f), "$GENERATE has a field of %d characters; no record is as long", f.end-f.start)
			return
		}
		text := data[f.start:f.end]
		if templates[i], problem = parseTemplate(text); problem == "" && !templates[i].within(r) {
			problem = "has an offset that takes numbers beyond 2147483647"
		}
		if problem != "" {
			refuse(SyntaxProblem, p.span(f), "$GENERATE %s %s", Quote(text), problem)
			return
		}
	}
	if first := &templates[0][0]; strings.HasPrefix(first.literal, "$") {
		first.literal = `\` + first.literal // an owner all the same, and no directive
	}
	middle := []byte{' '}
	for _, f := range fields[2 : len(fields)-1] {
		middle = append(append(middle, data[f.start:f.end]...), ' ')
	}
	text, ok := r.records(templates[0], middle, templates[1], limits.MaxGeneratedBytes-p.madeBytes)
	if !ok {
		refuse(LimitProblem, rangeAt, "$GENERATE makes the records that the zone generates more than %d bytes",
			limits.MaxGeneratedBytes)
		return
	}
	p.madeBytes += len(text)
	file, err := p.loader.Files.AddGenerated(p.around(e), text)
	if err != nil {
		refuse(LimitProblem, p.around(e), "%v", err)
		return
	}
	problems := len(p.zone.Problems)
	p.nested(file, p.origin)
	// The template is one fault however many of its records cannot be read, and does not give the zone up.
	if len(p.zone.Problems) > problems {
		p.zone.Problems, p.givenUp = p.zone.Problems[:problems+1], false
	}
}

// generateRange is start-stop/step; its numbers are below 2^31.
type generateRange struct{ start, stop, step int64 }

func (r generateRange) count() uint64 { return uint64((r.stop-r.start)/r.step) + 1 }

// records is the text of a record for each number, unless it is more than so many bytes.
func (r generateRange) records(owner template, middle []byte, data template, most int) (text []byte, ok bool) {
	for n := r.start; ; n += r.step {
		text = append(owner.append(text, n), middle...)
		text = append(data.append(text, n), '\n')
		if len(text) > most {
			return nil, false
		}
		if r.stop-n < r.step {
			return text, true
		}
	}
}

func parseRange(text []byte) (r generateRange, problem string) {
	span, stepText, hasStep := bytes.Cut(text, []byte{'/'})
	startText, stopText, found := bytes.Cut(span, []byte{'-'})
	start, ok1 := parseUint(startText, math.MaxInt32)
	stop, ok2 := parseUint(stopText, math.MaxInt32)
	step, ok3 := uint64(1), true
	if hasStep {
		step, ok3 = parseUint(stepText, math.MaxInt32)
	}
	switch {
	case !found || !ok1 || !ok2 || !ok3:
		return r, "is not start-stop or start-stop/step with numbers up to 2147483647"
	case stop < start:
		return r, "ends before it starts"
	case step == 0:
		return r, "has a step of 0"
	}
	return generateRange{int64(start), int64(stop), int64(step)}, ""
}

// template is text with places for the number.
type template []templatePart

// templatePart is literal text and then, unless base is 0, the number.
type templatePart struct {
	literal string
	offset  int64
	width   int
	base    byte
}

func (t template) append(b []byte, n int64) []byte {
	for _, part := range t {
		b = append(b, part.literal...)
		if part.base != 0 {
			b = part.appendNumber(b, n+part.offset)
		}
	}
	return b
}

// within reports whether all numbers of the range, offsets added, fit 32 bits, as they must for BIND.
func (t template) within(r generateRange) bool {
	for _, part := range t {
		if r.stop+part.offset > math.MaxInt32 || r.start+part.offset < math.MinInt32 {
			return false
		}
	}
	return true
}

// appendNumber writes a number of 32 bits; in every base but ten a negative one stands for its two's complement.
func (part templatePart) appendNumber(b []byte, n int64) []byte {
	octets := int64(uint32(n))
	switch part.base {
	case 'o':
		return appendPadded(b, octets, 8, part.width)
	case 'x':
		return appendPadded(b, octets, 16, part.width)
	case 'X':
		return append(b, bytes.ToUpper(appendPadded(nil, octets, 16, part.width))...)
	case 'n', 'N':
		// Width counts characters here, dots among them (BIND: nibbles()).
		const lowerDigits, upperDigits = "0123456789abcdef", "0123456789ABCDEF"
		digits := lowerDigits
		if part.base == 'N' {
			digits = upperDigits
		}
		value := octets
		for width := part.width; ; {
			b = append(b, digits[value&15])
			value >>= 4
			if width > 0 {
				width--
			}
			if width == 0 && value == 0 {
				return b
			}
			b = append(b, '.')
			if width > 0 {
				width--
			}
			if width == 0 && value == 0 {
				return b
			}
		}
	}
	return appendPadded(b, n, 10, part.width)
}

// appendPadded writes a number with zeros in front up to width; a minus sign counts.
func appendPadded(b []byte, n int64, base, width int) []byte {
	digits := strconv.FormatInt(n, base)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	b = append(b, sign...)
	for i := len(sign) + len(digits); i < width; i++ {
		b = append(b, '0')
	}
	return append(b, digits...)
}

// parseTemplate reads the owner or the data of a $GENERATE.
func parseTemplate(text []byte) (t template, problem string) {
	var literal []byte
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			if text[i+1] != '$' {
				literal = append(literal, '\\')
			}
			i++
			literal = append(literal, text[i])
		case text[i] != '$':
			literal = append(literal, text[i])
		case i+1 < len(text) && text[i+1] == '$':
			literal = append(literal, '$')
			i++
		case i+1 < len(text) && text[i+1] == '{':
			n := bytes.IndexByte(text[i:], '}')
			if n < 0 {
				return nil, "has a \"${\" without \"}\""
			}
			part, problem := parseModifier(string(text[i+2 : i+n]))
			if problem != "" {
				return nil, problem
			}
			part.literal, literal = string(literal), nil
			t = append(t, part)
			i += n
		default:
			t = append(t, templatePart{literal: string(literal), base: 'd'})
			literal = nil
		}
	}
	return append(t, templatePart{literal: string(literal)}), ""
}

// parseModifier reads offset[,width[,base]].
func parseModifier(text string) (part templatePart, problem string) {
	const shape = "has a modifier that is not ${offset,width,base} with base d, o, x, X, n or N"
	parts := strings.Split(text, ",")
	offset, err := strconv.ParseInt(parts[0], 10, 32)
	if err != nil || len(parts) > 3 {
		return part, shape
	}
	part = templatePart{offset: offset, base: 'd'}
	if len(parts) > 1 {
		width, ok := parseUint([]byte(parts[1]), maxWidth)
		if !ok {
			return part, fmt.Sprintf("has a modifier with a width that is not a number up to %d", maxWidth)
		}
		part.width = int(width)
	}
	if len(parts) > 2 {
		if len(parts[2]) != 1 || !strings.Contains("doxXnN", parts[2]) {
			return part, shape
		}
		part.base = parts[2][0]
	}
	return part, ""
}
