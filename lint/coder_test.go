package lint

import (
	"bufio"
	"bytes"
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
	want := []weighed{{&full, 300}, {&Finding{Rule: rules[0]}, 0}}
	for i := range want {
		code(&c, &want[i])
	}
	c.in = bufio.NewReader(bytes.NewReader(c.out))
	for i := range want {
		var got weighed
		if code(&c, &got); c.err != nil || got.weight != want[i].weight || !reflect.DeepEqual(got.Finding, want[i].Finding) {
			t.Errorf("%v: %+v, want %+v", c.err, got.Finding, want[i].Finding)
		}
	}
	var left weighed
	if code(&c, &left); c.err == nil {
		t.Errorf("it reads %+v where nothing is left", left.Finding)
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
