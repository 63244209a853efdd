package lint

// Pass is one rule's view of one run.
type Pass struct{}
