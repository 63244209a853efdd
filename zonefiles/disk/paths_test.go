package disk

import "testing"

func TestAPathIsTakenFromTheLongestPrefix(t *testing.T) {
	paths := map[string]string{"/": ".", "/etc/bind": "bind", "/etc/bind/db.root": "hints"}
	for server, want := range map[string]string{
		"/etc/bind/db.a":         "bind/db.a",
		"/etc/bind":              "bind",
		"/etc/bind/db.root":      "hints",
		"/etc/binder/x":          "etc/binder/x",
		"/etc/bind/../../root/x": "root/x",
		"/":                      ".",
	} {
		if got, ok := Paths(paths).Local(server); got != want || !ok {
			t.Errorf("%s: %q %v", server, got, ok)
		}
	}
	if got, ok := Paths(paths).Local("db.a"); ok {
		t.Errorf("a relative path leads to %q", got)
	}
	if got, ok := Paths(nil).Local("/etc/bind"); ok {
		t.Errorf("without paths, a path leads to %q", got)
	}
}
