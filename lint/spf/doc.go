// Package spf says whom SPF records let send mail (RFC 7208), as far as anybody knows: over zones, or whatever else
// answers questions about names.
//
//	policy.go   Policy: a record, read term by term, and what is wrong with it
//	checker.go  Checker: evaluates policies, remembers what came of it, and knows what need not be evaluated
//	answers.go  what the library that evaluates (blitiri.com.ar/go/spf) is told when it asks
//
// The library reads a policy anew for each client and has no limit but the RFC's on what one costs. So it is given
// policies with all that it need not see left out: networks that do not hold the client, what follows the one that
// does, modifiers without a meaning, and terms of the domain itself, replaced by what they come to. That leaves at most
// a dozen short terms of each policy, however long it is, and the same few for very many domains with one include,
// which are then evaluated once.
package spf
