package lint

import (
	"encoding/binary"
	"io"

	"mx46/zonefiles"
)

// This file turns findings into octets and back. Each type is described once, for both ways.

// coder writes values, or reads them.
type coder struct {
	out  []byte
	head int // how much of that comes before endHead

	isReading bool
	isBrief   bool   // no more is there than the head
	in        string // what is left to be read
	err       error  // of reading
}

// endHead comes between what counting needs of a value and the rest. It reports whether that is not there.
func (c *coder) endHead() bool {
	c.head = len(c.out)
	return c.isReading && c.isBrief
}

func codeNumber[T ~uint8 | ~uint32 | ~int](c *coder, v *T) {
	if !c.isReading {
		c.out = binary.AppendUvarint(c.out, uint64(*v))
		return
	}
	n := uint64(0)
	for i := range len(c.in) {
		n |= uint64(c.in[i]&0x7f) << (7 * i)
		if c.in[i] < 0x80 {
			c.in = c.in[i+1:]
			*v = T(n)
			return
		}
	}
	c.fail()
}

// size codes how many there are of what takes at least one octet each.
func (c *coder) size(n int) int {
	codeNumber(c, &n)
	if c.isReading && uint(n) > uint(len(c.in)) {
		c.fail()
	}
	if c.err != nil {
		return 0
	}
	return n
}

func codeText[T ~string](c *coder, v *T) {
	size := c.size(len(*v))
	if !c.isReading {
		c.out = append(c.out, *v...)
		return
	}
	*v, c.in = T(c.in[:size]), c.in[size:]
}

func (c *coder) flag(v *bool) {
	n := uint8(0)
	if *v {
		n = 1
	}
	codeNumber(c, &n)
	*v = n == 1
}

func codeList[T any](c *coder, list *[]T, code func(*coder, *T)) {
	size := c.size(len(*list))
	if c.isReading && size > 0 {
		*list = make([]T, size)
	}
	for i := range *list {
		code(c, &(*list)[i])
	}
}

// fail says that what is read ends too early.
func (c *coder) fail() { c.err, c.in = io.ErrUnexpectedEOF, "" }

// findingCoder gives what codes findings of rules.
func findingCoder(rules []*Rule) func(*coder, *Finding) {
	numbers := make(map[*Rule]int, len(rules))
	for i, rule := range rules {
		numbers[rule] = i
	}
	return func(c *coder, f *Finding) {
		number := numbers[f.Rule]
		codeNumber(c, &number)
		if c.isReading && c.err == nil {
			f.Rule = rules[number]
		}
		f.code(c)
	}
}

// code codes all but the rule.
func (f *Finding) code(c *coder) {
	codeNumber(c, &f.Severity)
	codeText(c, &f.Zone)
	codeText(c, &f.View)
	codeText(c, &f.Subject.Owner)
	codeText(c, &f.Subject.Target)
	codeText(c, &f.Cause)
	codeSpan(c, &f.Span)
	codeText(c, &f.Suppressed)
	if c.endHead() {
		return
	}
	codeList(c, &f.Targets, codeText)
	codeList(c, &f.Domains, codeText)
	codeText(c, &f.Message)
	codeText(c, &f.Harm)
	codeText(c, &f.Help)
	codeList(c, &f.Related, codeRelated)
	codeList(c, &f.Path, codeRelated)
	codeList(c, &f.Fixes, codeFix)
}

func codeSpan(c *coder, s *zonefiles.Span) {
	codeNumber(c, &s.File)
	codeNumber(c, &s.Start)
	codeNumber(c, &s.End)
}

func codeRelated(c *coder, r *Related) {
	codeSpan(c, &r.Span)
	codeText(c, &r.Message)
	c.flag(&r.OfHost)
}

func codeFix(c *coder, f *Fix) {
	codeText(c, &f.Message)
	c.flag(&f.Safe)
	codeList(c, &f.Edits, func(c *coder, e *Edit) {
		codeSpan(c, &e.Span)
		codeText(c, &e.New)
	})
}
