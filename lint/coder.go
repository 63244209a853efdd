package lint

import (
	"bufio"
	"encoding/binary"
	"io"
	"slices"

	"mx46/zonefiles"
)

// This file turns findings into octets and back. Each type is described once, for both ways.

// coder writes values, or reads them.
type coder struct {
	out []byte
	in  *bufio.Reader // nil: it writes
	err error         // of reading
}

func codeNumber[T ~uint8 | ~uint32 | ~int](c *coder, v *T) {
	if c.in == nil {
		c.out = binary.AppendUvarint(c.out, uint64(*v))
		return
	}
	n, err := binary.ReadUvarint(c.in)
	c.fail(err)
	*v = T(n)
}

func codeText[T ~string](c *coder, v *T) {
	size := len(*v)
	codeNumber(c, &size)
	if c.in == nil {
		c.out = append(c.out, *v...)
		return
	}
	text := make([]byte, size)
	_, err := io.ReadFull(c.in, text)
	c.fail(err)
	*v = T(text)
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
	size := len(*list)
	codeNumber(c, &size)
	if c.in != nil && size > 0 {
		*list = make([]T, size)
	}
	for i := range *list {
		code(c, &(*list)[i])
	}
}

// fail keeps the first error.
func (c *coder) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// findingCoder gives what codes the findings of rules.
func findingCoder(rules []*Rule) func(*coder, *weighed) {
	return func(c *coder, f *weighed) {
		if c.in != nil {
			f.Finding = &Finding{}
		}
		rule := slices.Index(rules, f.Rule)
		codeNumber(c, &rule)
		codeNumber(c, &f.weight)
		f.code(c)
		if c.in != nil && c.err == nil {
			f.Rule = rules[rule]
		}
	}
}

// code codes all but the rule.
func (f *Finding) code(c *coder) {
	codeNumber(c, &f.Severity)
	codeText(c, &f.Zone)
	codeText(c, &f.View)
	codeText(c, &f.Subject.Owner)
	codeText(c, &f.Subject.Target)
	codeList(c, &f.Targets, codeText)
	codeList(c, &f.Domains, codeText)
	codeText(c, &f.Cause)
	codeSpan(c, &f.Span)
	codeText(c, &f.Message)
	codeText(c, &f.Harm)
	codeText(c, &f.Help)
	codeList(c, &f.Related, codeRelated)
	codeList(c, &f.Path, codeRelated)
	codeList(c, &f.Fixes, codeFix)
	codeText(c, &f.Suppressed)
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
