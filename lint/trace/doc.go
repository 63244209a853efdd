// Package trace replays RFC 3974 section 3 on zones as they were read: who sends, what each step finds, which line of
// which file decided it, and how the mail ends.
//
//	world.go  World: the zones of one view, and what the operator says
//	ask.go    Question and Report: one domain, the senders, the outages
//	words.go  the words of the command line for senders, outages and algorithms
//	text.go   Report.Text
//	json.go   Report.JSON, and its format
//
// Families, relay edges, final and stranded hosts are package delivery's; nothing here judges them again.
package trace
