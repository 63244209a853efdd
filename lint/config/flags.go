package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// This file is what a command line sets, whatever the configuration says.

// SetSeverity sets a rule's severity, whatever the file says.
func (c *Config) SetSeverity(rule string, severity lint.Severity, from string) {
	c.flags[rule] = Setting[lint.Severity]{severity, from}
}

// SetStack sets what all mail domains are meant to be, whatever the file says.
func (c *Config) SetStack(word, from string) error {
	i, err := given(word, stackWords)
	c.given.Stack = Setting[delivery.Families]{stackValues[i], from}
	return err
}

// SetScope sets who is to reach all hosts, whatever the file says.
func (c *Config) SetScope(word, from string) error {
	i, err := given(word, scopeWords)
	c.given.Scope = Setting[delivery.Scope]{delivery.Scope(i), from}
	return err
}

// given is the place of a word among those that are known.
func given(word string, known []string) (int, error) {
	if i := slices.Index(known, word); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("%s is none of %s", zonefiles.Quote(word), strings.Join(known, ", "))
}

// Stacks and Scopes are the words that SetStack and SetScope take.
func Stacks() []string { return slices.Clone(stackWords) }

// Scopes are the words that SetScope takes.
func Scopes() []string { return slices.Clone(scopeWords) }

// Exclude adds a glob to those of exclude. It is relative to a folder below the root.
func (c *Config) Exclude(folder, glob string) error {
	r := reader{folder: folder, file: &zonefiles.File{}}
	added, ok := r.glob(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: glob}, "it")
	if !ok {
		return errors.New(r.faults[0].message)
	}
	c.exclude.add(added, -1) // none of the file, which may match nothing
	return nil
}
