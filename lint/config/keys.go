package config

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"mx46/lint/text"
)

// This file reads the JSON Schema, which is YAML too, for the manual page.

// Key is a key of the configuration, or a key within another.
type Key struct {
	Name  string
	About string // what it means and what it may be, in sentences
	Keys  []Key  // within it, or within each of a list or a map
}

// Keys are all keys of the configuration, in the order of the schema, with these rule names.
func Keys(ruleNames []string) ([]Key, error) {
	schema, err := Schema(ruleNames)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(schema, &document); err != nil {
		return nil, fmt.Errorf("reading the schema of the configuration: %w", err)
	}
	root := document.Content[0]
	return schemaReader{member(root, "$defs")}.keys(root), nil
}

type schemaReader struct{ definitions *yaml.Node }

// keys are those of an object; other values have none.
func (r schemaReader) keys(object *yaml.Node) []Key {
	var keys []Key
	properties := r.find(object, "properties")
	for i := 0; properties != nil && i+1 < len(properties.Content); i += 2 {
		value := properties.Content[i+1]
		held, _ := r.held(value)
		keys = append(keys, Key{Name: properties.Content[i].Value, About: r.about(value), Keys: r.keys(held)})
	}
	return keys
}

// about is what a value means, and what it may be.
func (r schemaReader) about(value *yaml.Node) string {
	var sentences []string
	if about := r.find(value, "description"); about != nil {
		sentences = append(sentences, about.Value)
	}
	held, many := r.held(value)
	if about := r.find(held, "description"); many && about != nil && r.find(held, "properties") == nil {
		sentences = append(sentences, about.Value)
	}
	if enum := r.find(held, "enum"); enum != nil {
		var words []string
		for _, word := range enum.Content {
			words = append(words, word.Value)
		}
		of := "One of "
		switch {
		case many:
			of = "Each is one of "
		case len(words) == 1:
			of = "Only "
		}
		sentences = append(sentences, of+text.And(words)+".")
	}
	if standard := r.find(value, "default"); standard != nil {
		sentences = append(sentences, "The default is "+standard.Value+".")
	}
	return strings.Join(sentences, " ")
}

// held is the schema of what a list or a map holds many of, or else that of the value itself.
func (r schemaReader) held(value *yaml.Node) (held *yaml.Node, many bool) {
	for _, name := range []string{"items", "additionalProperties"} {
		if held := r.find(value, name); held != nil && held.Kind == yaml.MappingNode {
			return held, true
		}
	}
	return value, false
}

// find is a member of a schema, or else of the definition that the schema refers to.
func (r schemaReader) find(schema *yaml.Node, name string) *yaml.Node {
	if found := member(schema, name); found != nil {
		return found
	}
	if ref := member(schema, "$ref"); ref != nil {
		return r.find(member(r.definitions, strings.TrimPrefix(ref.Value, "#/$defs/")), name)
	}
	return nil
}

// member is a value of a mapping, nil where it has none.
func member(mapping *yaml.Node, name string) *yaml.Node {
	for i := 0; mapping != nil && i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	return nil
}
