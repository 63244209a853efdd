//go:build !linux

package lab_test

import (
	"os"
	"testing"
)

func TestLaboratory(t *testing.T) {
	if os.Getenv("MX46_E2E") == "1" {
		t.Fatal("the laboratory needs Linux")
	}
	t.Skip("the laboratory needs Linux")
}
