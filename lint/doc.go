// Package lint is what linting is, knowing no single rule: what a rule is, and the engine that runs them.
package lint
