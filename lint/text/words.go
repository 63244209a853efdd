package text

import (
	"fmt"
	"slices"
	"strings"
)

// And lists words: "a", "a and b", "a, b and c".
func And(words []string) string { return list(words, "and") }

// Or lists words: "a", "a or b", "a, b or c".
func Or(words []string) string { return list(words, "or") }

func list(words []string, conjunction string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}

// Some lists at most so many words, and counts the others: "a, b and 3 more".
func Some(words []string, most int) string { return SomeOf(words, most, len(words)) }

// SomeOf is Some of so many words in all, of which only the first are known.
func SomeOf(words []string, most, all int) string {
	shown := words[:min(len(words), most)]
	if more := all - len(shown); more > 0 {
		shown = append(slices.Clone(shown), fmt.Sprintf("%d more", more))
	}
	return And(shown)
}

// Count is a number with its noun: "1 zone", "2 zones".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
