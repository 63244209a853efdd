package zonefiles

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommentsAreFoundWithWhatTheyStandBeside(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // the comment, whether it is alone, whether it is at the top, and what it is about
	}{
		{"a file without the mark", "a A 192.0.2.1 ; remark\n", nil},
		{
			"before the first record", "\ufeff; ! one\n\n$TTL 1 ; ! two\na A 192.0.2.1 ; ! three\n",
			[]string{`"; ! one" alone top ""`, `"; ! two" top "$TTL 1 ; ! two\n"`, `"; ! three" "a A 192.0.2.1 ; ! three\n"`},
		},
		{
			"with carriage returns and without a last line end", "; ! one\r\na A 192.0.2.1\r\nb A 192.0.2.2 ; ! two",
			[]string{`"; ! one" alone top "a A 192.0.2.1\r\n"`, `"; ! two" "b A 192.0.2.2 ; ! two"`},
		},
		{
			"within parentheses", "a SOA a a (; ! one\n ; ! two\n 1 2 3 4 5 )\n",
			[]string{`"; ! one" "a SOA a a (; ! one\n ; ! two\n 1 2 3 4 5 )\n"`, `"; ! two" alone "a SOA a a (; ! one\n ; ! two\n 1 2 3 4 5 )\n"`},
		},
		{"semicolons in text", `a TXT "; !" \;! ; no` + "\n" + `b TXT "x;!` + "\n", nil},
		{
			"beside what cannot be read", "; ! one\na TXT \"x ; ! two\nb A ) ; ! three\nc A 192.0.2.1 ; ! four\nd A ( 1 ; ! five\ne A 192.0.2.2 ; ! six\n",
			[]string{
				`"; ! one" alone top "a TXT \"x ; ! two\n"`, `"; ! four" "c A 192.0.2.1 ; ! four\n"`,
				`"; ! five" "d A ( 1 ; ! five\n"`, `"; ! six" "e A 192.0.2.2 ; ! six\n"`,
			},
		},
		{"at the end", "a A 192.0.2.1\n; ! one", []string{`"; ! one" alone ""`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var files FileSet
			file, err := files.Add("zone", []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range file.CommentsWith([]byte("!")) {
				words := []string{spanText(&files, c.Span)}
				if c.Alone {
					words = append(words, "alone")
				}
				if c.Top {
					words = append(words, "top")
				}
				got = append(got, strings.Join(append(words, spanText(&files, c.About)), " "))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("comments (-want +got):\n%s", diff)
			}
		})
	}
}

func spanText(files *FileSet, s Span) string {
	return `"` + strings.NewReplacer("\r", `\r`, "\n", `\n`, `"`, `\"`).Replace(string(files.Text(s))) + `"`
}
