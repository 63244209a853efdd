package zonefiles

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIncludes(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		want  string
	}{
		{
			"origin and owner are as before afterwards",
			[]string{"zone", "$TTL 1\nwww A 192.0.2.1\n$INCLUDE part sub\n A 192.0.2.2\nx A 192.0.2.3\n", "part", "$ORIGIN deep\nwww A 192.0.2.4\n"},
			"2:1 www.example.org. 1 A 192.0.2.1\n2:1 www.deep.sub.example.org. 1 A 192.0.2.4\n4:2 www.example.org. 1 A 192.0.2.2\n5:1 x.example.org. 1 A 192.0.2.3\n",
		},
		{
			"a path relative to the file that includes",
			[]string{"zones/zone", "$TTL 1\n$INCLUDE parts/a\n", "zones/parts/a", "$INCLUDE b\n", "zones/parts/b", "www A 192.0.2.1\n"},
			"1:1 www.example.org. 1 A 192.0.2.1\n",
		},
		{
			"a path relative to the root",
			[]string{"zones/zone", "$TTL 1\n$INCLUDE common/a\n", "common/a", "www A 192.0.2.1\n"},
			"1:1 www.example.org. 1 A 192.0.2.1\n",
		},
		{"a file that is missing", []string{"zone", "$INCLUDE nothing.inc\n"}, "1:10-21! include nothing.inc cannot be read: no such file or directory\n"},
		{"a file outside the root", []string{"zone", "$INCLUDE ../../etc/passwd\n"}, "1:10-26! include ../../etc/passwd cannot be read: it lies outside the root folder\n"},
		{"a file of the server's", []string{"zone", "$INCLUDE /etc/passwd\n"}, "1:10 elsewhere: /etc/passwd\n"},
		{
			"a file of the server's that the root has",
			[]string{"zone", "$TTL 1\n$INCLUDE /etc/bind/parts/a\n", "parts/a", "www A 192.0.2.1\n"},
			"1:1 www.example.org. 1 A 192.0.2.1\n",
		},
		{
			"a file of the server's of which the root has the folder",
			[]string{"zone", "$INCLUDE /etc/bind/parts/a\n", "parts/b", ""},
			"1:10-27! include /etc/bind/parts/a cannot be read: no such file or directory\n",
		},
		{
			"a file of the server's that may be one of two",
			[]string{"zone", "$INCLUDE /etc/bind/a\n", "parts/a", "", "more/a", ""},
			"1:10-21! include /etc/bind/a may be more/a or parts/a here\n",
		},
		{"a folder", []string{"zone", "$INCLUDE sub\n", "sub/x", ""}, "1:10-13! include sub cannot be read: it is not a regular file\n"},
		{"a file that includes itself", []string{"zone", "$INCLUDE zone\n"}, "1:10-14! include zone is circular: zone includes zone\n"},
		{
			"a circle of two",
			[]string{"zone", "$INCLUDE other\n", "other", "$INCLUDE zone\n"},
			"1:10-14! include zone is circular: zone includes other includes zone\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, describe(zoneFrom(t, tt.files...))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
