// Package lsp is a language server for zone files: the Language Server Protocol 3.17 over a pair of streams. It shows
// the findings of the rules while zones are edited, in all files that an edit touches, with their pages and fixes.
//
//	server.go        the life of a connection: which message does what
//	protocol.go      the messages
//	document.go      open buffers and their edits
//	position.go      lines and columns as the client counts them
//	project.go       a workspace whose files give way to open buffers
//	diagnostic.go    findings as diagnostics, and when they are published
//	action.go        fixes, ignore comments
//	look.go          what lies under the cursor: hover and definition
//
// It never writes a file, and never asks the network.
package lsp
