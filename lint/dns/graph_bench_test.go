package dns

import (
	"bytes"
	"fmt"
	"testing"

	"mx46/testdata/bench/zonegen"
	"mx46/zonefiles"
)

func BenchmarkNewGraph(b *testing.B) {
	for _, size := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("hosting/%d", size), func(b *testing.B) {
			var text bytes.Buffer
			if err := zonegen.Hosting(&text, size); err != nil {
				b.Fatal(err)
			}
			loader := zonefiles.NewLoader(nil)
			file, err := loader.Files.Add("hosting.zone", text.Bytes())
			if err != nil {
				b.Fatal(err)
			}
			zones := []*zonefiles.Zone{loader.Parse(file, nil)}
			b.ReportAllocs()
			for b.Loop() {
				NewGraph(zones)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/record")
		})
	}
}
