//go:build !linux

package lab_test

import (
	"testing"

	"mx46/testdata/e2e"
)

func TestLaboratory(t *testing.T) {
	e2e.Missing(t, "the laboratory needs Linux")
}
