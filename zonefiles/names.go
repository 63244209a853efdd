package zonefiles

import (
	"hash/maphash"
	"math/bits"
	"unsafe"
)

// NameID stands for a name within one Names. A parent's number is always smaller than its children's; the root is 0.
type NameID uint32

// rootID is the root's number in every Names.
const rootID NameID = 0

// Names is the tree of a zone's owner names, each label kept once. Every name has its parents in the tree, so empty
// non-terminals are there too.
//
// A child is found in the list of its parent's children while those are few, and in a hash table once they are many.
// Most names have few children, which were read right after them and are next to them in memory, while a slot of the
// table is a cache miss: the list takes a fifth off a lint of a million records of mail domains.
type Names struct {
	nodes  []nameNode
	labels [][]byte // blocks of labels' octets, in lower case, back to back; one slice would leave garbage as it grew
	spare  []byte   // room for blocks to come
	text   []byte   // of the zone's file, where most labels are in lower case already
	// table is open addressing over (parent, label). The lower bits of an entry are a NameID, the upper ones, which no
	// NameID needs, are the hash's: a name that is another is mostly passed without a look at its node. 0 is free, since
	// the root is never looked up.
	table  []uint32
	ids    uint32 // the lower bits
	hashed int    // names in table; there is none before it is needed
	seed   maphash.Seed
}

// nameNode is one name: a label below a parent.
type nameNode struct {
	parent   NameID
	child    NameID // the first of the list of children, or 0
	sibling  NameID // the next in the parent's list, or 0
	label    uint32 // number of the block in labels, and the offset in it; if inText, the offset in text
	labelLen uint8  // and inText
	wireLen  uint8  // octets of the whole name without the root's
	children uint8  // up to manyChildren
}

// inText is added to the length of a label that is not copied from the text to labels.
const inText = 1 << 7

// size is the length of the label.
func (n *nameNode) size() int { return int(n.labelLen &^ inText) }

// blockSize is the length of a block of labels in bytes; together they are as long as a label's uint32 reaches, more
// than all the names that a file can hold.
const blockSize = 1 << 16

// manyChildren is how many children put them all into the table.
const manyChildren = 8

// newNames makes a tree that holds the root alone and has room for size names. Its hashes are seeded afresh, so that no
// zone can be written to make them collide.
func newNames(size int) *Names {
	return &Names{
		nodes:  make([]nameNode, 1, size+1),
		labels: [][]byte{make([]byte, 0, min(6*size, blockSize))},
		seed:   maphash.MakeSeed(),
	}
}

// Len is the number of names, the root and empty non-terminals among them. Every NameID is below it.
func (n *Names) Len() int { return len(n.nodes) }

// Parent is the name without its first label; the root is its own parent.
func (n *Names) Parent(id NameID) NameID { return n.nodes[id].parent }

// Label is the first label's octets in lower case. The caller must not change them.
func (n *Names) Label(id NameID) []byte {
	node := &n.nodes[id]
	if node.labelLen >= inText {
		return n.text[node.label:][:node.size()]
	}
	at := node.label % blockSize
	return n.labels[node.label/blockSize][at : at+uint32(node.labelLen)]
}

// Name is the whole name.
func (n *Names) Name(id NameID) Name {
	var buf [maxName]byte
	return Name(n.appendName(buf[:0], id))
}

// IsAtOrBelow reports whether id is ancestor itself or one of its descendants.
func (n *Names) IsAtOrBelow(id, ancestor NameID) bool {
	for id > ancestor {
		id = n.nodes[id].parent
	}
	return id == ancestor
}

// goldenRatio is 2^64 divided by the golden ratio: as a factor it spreads small numbers over all bits.
const goldenRatio = 0x9E3779B97F4A7C15

func (n *Names) hash(parent NameID, label []byte) uint32 {
	h := maphash.Bytes(n.seed, label) ^ uint64(parent)*goldenRatio
	return uint32(h>>32) ^ uint32(h)
}

// slot finds the child of parent with that label, or the free slot where it belongs.
func (n *Names) slot(parent NameID, label []byte, hash uint32) (slot uint32, id NameID) {
	mask := uint32(len(n.table) - 1)
	for slot = hash & mask; ; slot = (slot + 1) & mask {
		entry := n.table[slot]
		if entry == 0 {
			return slot, rootID
		}
		if (entry^hash)&^n.ids != 0 {
			continue
		}
		id := NameID(entry & n.ids)
		if node := &n.nodes[id]; node.parent == parent && string(n.Label(id)) == string(label) {
			return slot, id
		}
	}
}

// Child is the name of a label, in lower case, below parent. It reports false where the tree has none.
func (n *Names) Child(parent NameID, label []byte) (NameID, bool) {
	if n.nodes[parent].children < manyChildren {
		id := n.listed(parent, label)
		return id, id != rootID
	}
	_, id := n.slot(parent, label, n.hash(parent, label))
	return id, id != rootID
}

// listed finds a child among few, or gives the root.
func (n *Names) listed(parent NameID, label []byte) NameID {
	id := n.nodes[parent].child
	for id != rootID && string(n.Label(id)) != string(label) {
		id = n.nodes[id].sibling
	}
	return id
}

// ChildOf is Child for a label in a string.
func (n *Names) ChildOf(parent NameID, label string) (NameID, bool) {
	return n.Child(parent, lend(label))
}

// lend gives a string's bytes to those who only read them while they are called, which spares a copy for each name
// looked up.
func lend(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// Find is the number of a name. Where the tree lacks it, it reports false and gives the closest ancestor that it has.
func (n *Names) Find(name Name) (NameID, bool) { return find(n, lend(string(name))) }

// nearWindow is the number of IDs on each side that are probed before the full lookup.
const nearWindow = 4

// FindNear is Find that first looks among the names which were read around another: a zone file keeps together what
// belongs together.
func (n *Names) FindNear(other NameID, name Name) (NameID, bool) {
	wire := lend(string(name))
	for id := max(other, nearWindow) - nearWindow; id <= other+nearWindow && int(id) < len(n.nodes); id++ {
		if is(n, id, wire) {
			return id, true
		}
	}
	return find(n, wire)
}

// spells reports whether text, which holds no escape, is the name in presentation form; without a final dot it is
// relative to origin.
func (n *Names) spells(id NameID, text []byte, origin NameID) bool {
	for id != rootID {
		node, label := &n.nodes[id], n.Label(id)
		if len(text) < len(label) || len(text) > len(label) && text[len(label)] != '.' {
			return false
		}
		// Nearly all are as they stand in the text, where no label has a dot in it.
		if node.labelLen < inText || string(text[:len(label)]) != string(label) {
			for i, c := range label {
				if lower(text[i]) != c || c == '.' {
					return false
				}
			}
		}
		id = node.parent
		switch text = text[len(label):]; len(text) {
		case 0:
			return id == origin
		case 1:
			return id == rootID
		}
		text = text[1:]
	}
	return false
}

// is reports whether the number is that of the name.
func is(n *Names, id NameID, wire []byte) bool {
	if int(n.nodes[id].wireLen) != len(wire) {
		return false
	}
	for ; id != rootID; id = n.nodes[id].parent {
		size := n.nodes[id].size()
		if int(wire[0]) != size || string(n.Label(id)) != string(wire[1:1+size]) {
			return false
		}
		wire = wire[1+size:]
	}
	return true
}

// find is Find of a name in wire form.
func find(n *Names, wire []byte) (NameID, bool) {
	id := rootID
	var starts [maxName/2 + 1]uint8
	count := 0
	for at := 0; at < len(wire); at += 1 + int(wire[at]) {
		starts[count] = uint8(at)
		count++
	}
	for count--; count >= 0; count-- {
		at := int(starts[count])
		child, ok := n.Child(id, wire[at+1:at+1+int(wire[at])])
		if !ok {
			return id, false
		}
		id = child
	}
	return id, true
}

// internLabel is Child that adds what is missing. The label must be in lower case and at most 63 octets.
func (n *Names) internLabel(parent NameID, label []byte) (NameID, error) {
	few, hash := n.nodes[parent].children < manyChildren, uint32(0)
	var id NameID
	if few {
		id = n.listed(parent, label)
	} else {
		hash = n.hash(parent, label)
		_, id = n.slot(parent, label, hash)
	}
	if id != rootID {
		return id, nil
	}
	wireLen := int(n.nodes[parent].wireLen) + 1 + len(label)
	if wireLen > maxName {
		return rootID, errNameTooLong
	}
	id = NameID(len(n.nodes))
	node := nameNode{parent: parent, label: n.offset(label), labelLen: uint8(len(label)) | inText, wireLen: uint8(wireLen)}
	if int(node.label) >= len(n.text) {
		node.label, node.labelLen = n.keep(label), uint8(len(label))
	}
	n.nodes = append(n.nodes, node)
	if !few {
		n.put(id, hash)
		return id, nil
	}
	above := &n.nodes[parent]
	n.nodes[id].sibling, above.child = above.child, id
	above.children++
	if above.children == manyChildren {
		for child := id; child != rootID; child = n.nodes[child].sibling {
			n.put(child, n.hash(parent, n.Label(child)))
		}
	}
	return id, nil
}

// offset is where in the text a part of it begins. For what is no part of it, it is the text's length.
func (n *Names) offset(label []byte) uint32 {
	at := uintptr(unsafe.Pointer(unsafe.SliceData(label))) - uintptr(unsafe.Pointer(unsafe.SliceData(n.text)))
	return uint32(min(at, uintptr(len(n.text))))
}

// keep adds a label to the blocks, and gives its place.
func (n *Names) keep(label []byte) uint32 {
	if last := len(n.labels) - 1; len(n.labels[last])+len(label) > blockSize {
		if len(n.spare) < blockSize {
			n.spare = make([]byte, blockSize)
		}
		n.labels = append(n.labels, n.spare[:0:blockSize])
		n.spare = n.spare[blockSize:]
	}
	block := &n.labels[len(n.labels)-1]
	at := (len(n.labels)-1)*blockSize + len(*block)
	*block = append(*block, label...)
	return uint32(at)
}

// put adds a name to the table, of which it fills three quarters at most.
func (n *Names) put(id NameID, hash uint32) {
	if n.hashed++; n.hashed*4 > len(n.table)*3 || uint32(id) > n.ids {
		n.grow(n.hashed)
	}
	n.insert(id, hash)
}

func (n *Names) insert(id NameID, hash uint32) {
	mask := uint32(len(n.table) - 1)
	slot := hash & mask
	for n.table[slot] != 0 {
		slot = (slot + 1) & mask
	}
	n.table[slot] = hash&^n.ids | uint32(id)
}

// expect makes room for the names of a whole file of which a part of total has been read, going by what that part added
// to those before. Growing step by step would leave as much garbage as the names take.
func (n *Names) expect(before, part, total int) {
	more, room := (len(n.nodes)-before)*(total-part)/part, cap(n.nodes)-len(n.nodes)
	if more <= room || room > len(n.nodes)/8 {
		return // enough for all, or at least until more is known
	}
	hashed := n.hashed + n.hashed*more/len(n.nodes)
	more += max(more/16, len(n.nodes)/8)
	nodes := make([]nameNode, len(n.nodes), len(n.nodes)+more)
	copy(nodes, n.nodes)
	n.nodes = nodes
	used := (len(n.labels)-1)*blockSize + len(n.labels[len(n.labels)-1])
	octets := used * more / len(nodes)
	n.spare = make([]byte, octets)
	if hashed*4 > len(n.table)*3 {
		n.grow(hashed)
	}
}

// slotsFor is the size of a table that size names fill by three quarters at most.
func slotsFor(size int) int { return 1 << bits.Len(uint(max(size, 8)*4/3)) }

// grow makes a table for size names, of all that there are.
func (n *Names) grow(size int) {
	old, ids := n.table, n.ids
	slots := slotsFor(size)
	n.table = make([]uint32, slots)
	n.ids = 1<<bits.Len(uint(max(slots, cap(n.nodes)))-1) - 1
	for _, entry := range old {
		if entry != 0 {
			id := NameID(entry & ids)
			n.insert(id, n.hash(n.nodes[id].parent, n.Label(id)))
		}
	}
}

// intern adds a name in wire form below parent.
func (n *Names) intern(wire []byte, parent NameID) (NameID, error) {
	if len(wire) == 0 {
		return parent, nil
	}
	below, err := n.intern(wire[1+wire[0]:], parent)
	if err != nil {
		return rootID, err
	}
	return n.internLabel(below, wire[1:1+wire[0]])
}

// internText adds a name in presentation form; one without a final dot is relative to origin.
func (n *Names) internText(text []byte, origin NameID) (NameID, error) {
	var buf [maxName + 1]byte
	wire, absolute, err := AppendLabels(buf[:0], text)
	if err != nil {
		return rootID, err
	}
	if absolute {
		origin = rootID
	}
	return n.intern(wire, origin)
}

// textInterner is internText for names that follow one another in a file, and so often are of one parent, or one below
// the other. Knowing the parent saves finding its labels: a third of what owners cost in a zone of mail domains.
type textInterner struct {
	names  *Names
	origin NameID
	// The last name, and the last one's text after its first dot; nil where there is none.
	text, parentText []byte
	id, parent       NameID
}

// forget has the next name be read on its own, as it must where the text is another file's.
func (t *textInterner) forget() { t.text, t.parentText = nil, nil }

// intern adds a name.
func (t *textInterner) intern(text []byte, origin NameID) (NameID, error) {
	if origin != t.origin {
		t.forget()
		t.origin = origin
	}
	if t.text != nil && string(text) == string(t.text) {
		return t.id, nil
	}
	id, ok := t.internPlain(text)
	if !ok {
		var err error
		if id, err = t.names.internText(text, origin); err != nil {
			return rootID, err
		}
	}
	t.text, t.id = text, id
	return id, nil
}

// internPlain is intern for what most owners begin with: a label of letters, digits, hyphens and underscores. It
// reports false for other names, and for those that are wrong.
func (t *textInterner) internPlain(text []byte) (NameID, bool) {
	var label [maxLabel]byte
	size := 0
	for size < len(text) && size < maxLabel {
		l := hostnameByte[text[size]]
		if l == 0 {
			break
		}
		label[size] = l
		size++
	}
	parent := t.origin
	switch {
	case size == 0:
		return rootID, false
	case size < len(text):
		// The text after the dot has to be a name by itself, which "@" and what begins with a dot are not.
		if size+1 >= len(text) || text[size] != '.' || hostnameByte[text[size+1]] == 0 {
			return rootID, false
		}
		above := text[size+1:]
		switch {
		case t.parentText != nil && string(above) == string(t.parentText):
			parent = t.parent
		case t.text != nil && string(above) == string(t.text):
			parent = t.id
		default:
			var err error
			if parent, err = t.names.internText(above, t.origin); err != nil {
				return rootID, false
			}
		}
		t.parentText, t.parent = above, parent
	}
	lowered := label[:size]
	if string(lowered) == string(text[:size]) {
		lowered = text[:size]
	}
	id, err := t.names.internLabel(parent, lowered)
	return id, err == nil
}

// hostnameByte maps letters to lower case, digits, hyphen, underscore and asterisk to themselves, and all else to 0.
var hostnameByte = func() (table [256]byte) {
	for c := range table {
		if b := lower(byte(c)); isDigit(b) || 'a' <= b && b <= 'z' || b == '-' || b == '_' || b == '*' {
			table[c] = b
		}
	}
	return table
}()

// appendName appends what Name gives.
func (n *Names) appendName(wire []byte, id NameID) []byte {
	for ; id != rootID; id = n.nodes[id].parent {
		wire = append(wire, byte(n.nodes[id].size()))
		wire = append(wire, n.Label(id)...)
	}
	return wire
}
