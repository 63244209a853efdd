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
	parts := partsOf(data)
	start := func(part int) int {
		if part == 0 {
			return 0
		}
		return lineEndFrom(data, part*len(data)/parts)
	}
	inParallel(parts, func(part int) { searchBlocks(data[start(part):start(part+1)], holds, &found) })
	return found.Load()
}

// partsOf is among how many CPUs the work on a text is shared out.
func partsOf(data []byte) int {
	return max(1, min(runtime.GOMAXPROCS(0), len(data)/(4*blockOfLines)))
}

// inParallel does the parts of something.
func inParallel(parts int, do func(part int)) {
	var wait sync.WaitGroup
	for part := 1; part < parts; part++ {
		wait.Go(func() { do(part) })
	}
	do(0)
	wait.Wait()
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
