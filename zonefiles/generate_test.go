package zonefiles

import (
	"strings"
	"testing"
)

// FuzzGenerateKeepsToItsLimits carries out directives that chance has made.
func FuzzGenerateKeepsToItsLimits(f *testing.F) {
	for _, seed := range [][3]string{
		{"1-3", "h$", "A 192.0.2.$"},
		{"0-10/2", "h${-1,3,d}", `MX "10 m${0,4,X}"`},
		{"1-2", "${0,8,n}", "PTR $.x"},
		{"5-1", "$$", "TXT \\$"},
		{"0-2147483647", "a", "A 1.2.3.4"},
		{"1-2", "${", "60 IN A ${1,300}"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, numbers, owner, rest string) {
		const limit = 500
		loader := &Loader{Files: &FileSet{}, Limits: DefaultLimits}
		loader.Limits.MaxGenerated, loader.Limits.MaxGeneratedBytes = limit, 1<<16
		file, err := loader.Files.Add("fuzz", []byte("$TTL 1\n$GENERATE "+numbers+" "+owner+" "+strings.ReplaceAll(rest, "\n", " ")+"\nend A 192.0.2.1\n"))
		if err != nil {
			t.Fatal(err)
		}
		origin := MustName("example.org.")
		z := loader.Parse(file, &origin)
		if z.Len() > limit+1 {
			t.Fatalf("%d records are made, %d may be", z.Len(), limit)
		}
		for i := range z.Len() {
			if at := loader.Files.OnDisk(z.Record(i).Span()); at.File != file.ID {
				t.Fatalf("record %d lies in file %d on the disk", i, at.File)
			}
		}
	})
}
