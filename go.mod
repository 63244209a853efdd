module mx46

go 1.26.0

require github.com/google/go-cmp v0.7.0

require github.com/bmatcuk/doublestar/v4 v4.10.4
