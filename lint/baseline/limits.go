package baseline

const MaxSize = 16 << 20 // bytes of a baseline that is read or written: some 150,000 entries
