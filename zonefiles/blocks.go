package zonefiles

import (
	"bytes"
	"runtime"
	"sync"
	"sync/atomic"
)

// blockOfLines is the length of what is searched at a time, in bytes. It stays in a CPU's cache, so that a second
// search of it costs little.
const blockOfLines = 256 << 10

// anyBlock reports whether something holds of a block of a text. The blocks are whole lines; those of a large text are
// shared out among the CPUs, so that a search of all of it takes no longer than it must.
func anyBlock(data []byte, holds func(lines []byte) bool) bool {
	var found atomic.Bool
	var wait sync.WaitGroup
	parts := min(runtime.GOMAXPROCS(0), len(data)/(4*blockOfLines))
	for ; parts > 1; parts-- {
		end := lineEndFrom(data, len(data)/parts)
		part := data[:end]
		data = data[end:]
		wait.Go(func() { searchBlocks(part, holds, &found) })
	}
	searchBlocks(data, holds, &found)
	wait.Wait()
	return found.Load()
}

func searchBlocks(data []byte, holds func(lines []byte) bool, found *atomic.Bool) {
	for len(data) > 0 && !found.Load() {
		end := lineEndFrom(data, min(blockOfLines, len(data)))
		if holds(data[:end]) {
			found.Store(true)
		}
		data = data[end:]
	}
}

func hasNUL(data []byte) bool { return bytes.IndexByte(data, 0) >= 0 }
