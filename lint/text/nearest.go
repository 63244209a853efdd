package text

import "strings"

// Nearest is the known word that a mistyped one was probably meant to be; false if none is near.
func Nearest(word string, known []string) (best string, ok bool) {
	word = strings.ToLower(word)
	limit := 1 + len(word)/4
	for _, k := range known {
		if len(k) > len(word)+limit || len(word) > len(k)+limit {
			continue // this also bounds the work of distance for a long word
		}
		if d := distance(word, k); d <= limit {
			best, ok, limit = k, true, d-1
		}
	}
	return best, ok
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
