package lint

import (
	"reflect"
	"testing"
)

// TestFindingsAreReadAsTheyWereWritten fills every field there is, so that none can be forgotten.
func TestFindingsAreReadAsTheyWereWritten(t *testing.T) {
	rules := []*Rule{{Name: "other"}, {Name: "r"}}
	var full Finding
	fill(reflect.ValueOf(&full).Elem(), new(uint64))
	full.Rule = rules[1]
	code := findingCoder(rules)
	var c coder
	want := []Finding{full, {Rule: rules[0]}}
	for i := range want {
		code(&c, &want[i])
	}
	read := coder{isReading: true, in: string(c.out)}
	for i := range want {
		var got Finding
		if code(&read, &got); read.err != nil || !reflect.DeepEqual(got, want[i]) {
			t.Errorf("%v: %+v, want %+v", read.err, got, want[i])
		}
	}
	var left Finding
	if code(&read, &left); read.err == nil {
		t.Errorf("it reads %+v where nothing is left", left)
	}
}

// TestNothingIsReadBeyondTheEnd cuts what was written wherever it can be cut.
func TestNothingIsReadBeyondTheEnd(t *testing.T) {
	rules := []*Rule{{Name: "r"}}
	var full Finding
	fill(reflect.ValueOf(&full).Elem(), new(uint64))
	full.Rule = rules[0]
	code := findingCoder(rules)
	var c coder
	code(&c, &full)
	for end := range c.out {
		read := coder{isReading: true, in: string(c.out[:end])}
		if code(&read, &Finding{}); read.err == nil {
			t.Errorf("%d of %d octets are enough", end, len(c.out))
		}
	}
	read := coder{isReading: true, isBrief: true, in: string(c.out[:c.head])}
	var brief Finding
	if code(&read, &brief); read.err != nil || brief.Subject != full.Subject || brief.Message != "" {
		t.Errorf("%v: %+v", read.err, brief)
	}
}

// fill gives each value below v another content, and lists two elements.
func fill(v reflect.Value, n *uint64) {
	*n += 100
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), n)
		}
	case reflect.String:
		v.SetString(string([]byte{byte(*n), 0xff, byte(*n >> 8)}))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(3)
	case reflect.Uint32:
		v.SetUint(*n << 8)
	}
}
