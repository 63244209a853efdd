package disk

import "path"

// Paths lead from folders as a name server knows them to those below the root. Both are clean.
type Paths map[string]string

// Local translates a path on the name server to one below the root, by the longest prefix that holds it. It is false where none does.
func (p Paths) Local(server string) (local string, ok bool) {
	server = path.Clean(server)
	for at := server; ; at = path.Dir(at) {
		if to, ok := p[at]; ok {
			return path.Join(to, server[len(at):]), true
		}
		if at == path.Dir(at) {
			return "", false
		}
	}
}
