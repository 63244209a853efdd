package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx46/testdata/bench/zonegen"
)

// BenchmarkLint is a whole mx46 lint, from the command line to the report, with every rule on.
func BenchmarkLint(b *testing.B) {
	for _, shape := range zonegen.Shapes() {
		if shape.Name != "hosting" && shape.Name != "tld" && shape.Name != "signed" {
			continue
		}
		for _, size := range []int{1_000, 100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", shape.Name, size), func(b *testing.B) {
				dir := b.TempDir()
				var zone bytes.Buffer
				if err := shape.Write(&zone, size); err != nil {
					b.Fatal(err)
				}
				name := filepath.Join(dir, shape.Name+".zone")
				if err := os.WriteFile(name, zone.Bytes(), 0o600); err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					stdio := Stdio{
						In: strings.NewReader(""), Out: io.Discard, Err: os.Stderr, Getenv: func(string) string { return "" },
						Terminal: func(io.Writer) (int, bool) { return 0, false },
					}
					if code := Main([]string{"lint", "--no-config", "--root", dir, name}, stdio); code != exitClean {
						b.Fatalf("exit code %d", code)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/record")
			})
		}
	}
}
