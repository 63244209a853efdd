package config

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed schema.json
var schema []byte

//go:embed example.yaml
var example string

// Example is a configuration that shows most keys.
func Example() string { return example }

// Schema is the JSON Schema (draft 2020-12) of the configuration, with these rule names. It accepts what Load accepts,
// and refuses what Load refuses except for what a schema cannot see: keys that appear twice, whether in one spelling or
// two, names of more than 255 octets, address bits beyond a prefix's length, and YAML that is more than a tree of text.
func Schema(ruleNames []string) ([]byte, error) {
	names, err := json.Marshal(append([]string{}, ruleNames...))
	if err != nil {
		return nil, fmt.Errorf("writing the rule names into the schema: %w", err)
	}
	return bytes.Replace(schema, []byte(`"enum": ["RULE NAMES"]`), append([]byte(`"enum": `), names...), 1), nil
}
