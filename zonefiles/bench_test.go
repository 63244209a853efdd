package zonefiles

import (
	"bytes"
	"fmt"
	"testing"

	"mx46/testdata/bench/zonegen"
)

// benchmarkZones runs a benchmark on hosting and registry zones of several sizes. Time is also told for each record.
func benchmarkZones(b *testing.B, run func(b *testing.B, data []byte)) {
	for _, shape := range zonegen.Shapes() {
		if shape.Name != "hosting" && shape.Name != "tld" && shape.Name != "signed" {
			continue
		}
		for _, size := range []int{1_000, 100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", shape.Name, size), func(b *testing.B) {
				var zone bytes.Buffer
				if err := shape.Write(&zone, size); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(zone.Len()))
				b.ReportAllocs()
				b.ResetTimer()
				run(b, zone.Bytes())
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/record")
			})
		}
	}
}

func BenchmarkScan(b *testing.B) {
	benchmarkZones(b, func(b *testing.B, data []byte) {
		for b.Loop() {
			var e entry
			for at := uint32(0); e.scan(data, at); at = e.next {
			}
		}
	})
}

func benchmarkParse(b *testing.B, jobs int) {
	benchmarkZones(b, func(b *testing.B, data []byte) {
		for b.Loop() {
			loader := NewLoader(nil)
			loader.Jobs = jobs
			file, err := loader.Files.Add("zone", data)
			if err != nil {
				b.Fatal(err)
			}
			loader.Parse(file, nil)
		}
	})
}

func BenchmarkParse(b *testing.B)       { benchmarkParse(b, 0) }
func BenchmarkParseOneJob(b *testing.B) { benchmarkParse(b, 1) }
