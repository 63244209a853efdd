package zonefiles

// This file says what can keep text from being read.

// ProblemKind says which rule a problem of reading belongs to.
type ProblemKind uint8

// The kinds of problems.
const (
	SyntaxProblem ProblemKind = iota
	IncludeProblem
	LimitProblem
	OriginProblem
	ConfigurationProblem // of a name server's configuration
	LockProblem          // of the facts that were seen of hosts outside the zones
	UnreadProblem        // a zone that is not in the form of a master file
	OtherFormatProblem   // another kind of file, of which a zone can be made
	UnusedProblem        // an entry of mx46's own configuration that matches nothing
)

// Problem is something that cannot be read.
type Problem struct {
	Kind    ProblemKind
	Span    Span
	Message string // may hold what the file holds: make it harmless before you show it
	Help    string // what to do; empty where the message says it
}

// Harm says what a problem of the kind does to the judgement of the zone.
func (p Problem) Harm() string {
	switch p.Kind {
	case SyntaxProblem:
		return "name servers refuse the whole zone, serve it without this, or serve what nobody can use"
	case OriginProblem, UnreadProblem, OtherFormatProblem:
		return "nothing in this file can be judged"
	case ConfigurationProblem:
		return "zones that it names may not have been checked"
	case UnusedProblem:
		return "what it was meant for is judged without it"
	case LockProblem:
		return "the host counts as unknown: what is wrong with mail for domains that name it is not found"
	}
	return "what it holds is missing here: nothing is concluded from records that are absent"
}
