package baseline

// MaxSize is the largest baseline file that is read, in bytes.
const MaxSize = 64 << 20
