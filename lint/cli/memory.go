package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// This file says when garbage is collected: rarely, since most of what a run makes it uses to its end, and yet before much of it lies about.

const (
	// gcPercent is how much garbage may lie about before it is collected, in hundredths of what is in use. A collection of zones finds nothing,
	// and stopping all workers for it takes a fifth of the time of a large zone.
	gcPercent = 200
	// softLimit is the memory, in bytes, from which on garbage is collected sooner: when it is as much as what is in use.
	softLimit = 256 << 20
)

// collectRarely sets the garbage collector, unless the environment does. Stop sets it back.
func collectRarely(getenv func(string) string) (stop func()) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	percent, limit := debug.SetGCPercent(gcPercent), debug.SetMemoryLimit(softLimit)
	var stopped atomic.Bool
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	afterCollection(func() bool {
		// A limit below what is in use would have the collector run all the time.
		metrics.Read(live)
		if !stopped.Load() {
			debug.SetMemoryLimit(max(softLimit, 2*int64(live[0].Value.Uint64())))
		}
		return !stopped.Load()
	})
	return func() {
		stopped.Store(true)
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// afterCollection calls do after each garbage collection until it says false: each collection finds a thing that nobody holds.
func afterCollection(do func() bool) {
	runtime.SetFinalizer(new(*byte), func(**byte) {
		if do() {
			afterCollection(do)
		}
	})
}
