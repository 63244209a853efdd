package discover

import (
	"strings"
	"testing"
)

func TestIgnoreFilesMatchAsGitDoes(t *testing.T) {
	for _, test := range []struct {
		patterns string
		ignored  string // paths, a folder with a slash at its end
		kept     string
	}{
		{"*.bak", "a.bak d/a.bak d/e/.bak", "a.bakx bak"},
		{"build", "build build/ d/build/", "rebuild build.x"},
		{"build/", "build/ d/build/", "build d/build"},
		{"/build", "build build/", "d/build"},
		{"d/e", "d/e d/e/", "x/d/e e"},
		{"/d/*.org", "d/a.org", "d/e/a.org x/d/a.org"},
		{"**/tmp", "tmp d/tmp d/e/tmp", "tmpx"},
		{"d/**", "d/a d/e/ d/e/a", "d/ x/d/a"},
		{"d/**/f", "d/f d/e/f d/e/g/f", "f"},
		{"*\n!keep", "a b/", "keep keep/"},
		{"!a\na", "a", "b"},
		{"# a\n\\#b\n\\!c\n\n   \n", "#b !c", "a # b"},
		{"a  \nb\\ \r\n", "a", "b"},
		{"b\\ \n", "b·", ""},
		{"[ab].org\n?.net", "a.org b.org c.net", "c.org cd.net"},
		{"[!ab].org", "c.org", "a.org"},
		{"{a,b}.org", "{a,b}.org", "a.org b.org"},
		{"a[", "", "a a["},
		{"/", "", "a /"},
		{strings.Repeat("a", 2000), "", strings.Repeat("a", 2000)},
	} {
		f := parseIgnoreFile("", []byte(test.patterns))
		for want, paths := range map[bool]string{true: test.ignored, false: test.kept} {
			for _, path := range strings.Fields(paths) {
				path, isFolder := strings.CutSuffix(strings.ReplaceAll(path, "·", " "), "/")
				if got, _ := f.match(path, isFolder); got != want {
					t.Errorf("%.40q ignores %.40q (a folder: %t): %t, want %t", test.patterns, path, isFolder, got, want)
				}
			}
		}
	}
}

func TestAnIgnoreFileSpeaksOfWhatLiesBelowIt(t *testing.T) {
	f := parseIgnoreFile("d/", []byte("/a\nb"))
	for path, want := range map[string]bool{"d/a": true, "d/e/a": false, "d/e/b": true, "a": false, "b": false, "dd/b": false} {
		if got, _ := f.match(path, false); got != want {
			t.Errorf("d/.gitignore ignores %q: %t, want %t", path, got, want)
		}
	}
}

func TestAnIgnoreFileHoldsSoManyPatterns(t *testing.T) {
	if got := len(parseIgnoreFile("", []byte(strings.Repeat("a\n", 5000))).patterns); got != maxIgnorePatterns {
		t.Errorf("%d patterns, want %d", got, maxIgnorePatterns)
	}
}
