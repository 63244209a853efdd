package lsp

import "time"

// The limits of the server. A client is the editor of the person at the keyboard, but its files are not their own.
const (
	// maxMessage is how long a message may be, in bytes, and maxHeaders how many headers it may have. Editors send no
	// longer ones: Visual Studio Code keeps buffers of more than 50 MB to itself. maxID is how long the id of a longer
	// one may be to be answered, in bytes.
	maxMessage = 64 << 20
	maxHeaders = 16
	maxID      = 128
	// maxBuffer is how large an open buffer may become, in bytes.
	maxBuffer = maxMessage
	// maxReplaced is how many bytes of texts that took each other's place are kept in memory, before everything is read
	// anew.
	maxReplaced = 64 << 20
	// maxProjects is how many repositories are open at a time.
	maxProjects = 16
	// maxShown is how many findings are shown in a file, the most severe first. Editors become slow with more.
	maxShown = 2000
	// quiet is how long nothing has to be typed before the rules run.
	quiet = 200 * time.Millisecond

	// maxFindings is more than people read.
	maxFindings = 50_000
)
