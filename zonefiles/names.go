package zonefiles

import (
	"hash/maphash"
	"math/bits"
)

// NameID stands for a name within one Names. A parent's number is always smaller than its children's; the root is 0.
type NameID uint32

// rootID is the root's number in every Names.
const rootID NameID = 0

// Names is the tree of a zone's owner names, each label kept once. Every name has its parents in the tree, so empty non-terminals
// are there too.
type Names struct {
	nodes  []nameNode
	labels []byte   // the labels' octets, in lower case, back to back
	table  []uint32 // open addressing over (parent, label); 0 is free, since the root is never looked up
	seed   maphash.Seed
}

// nameNode is one name: a label below a parent.
type nameNode struct {
	parent   NameID
	label    uint32 // offset in labels
	hash     uint32
	labelLen uint8
	wireLen  uint8 // octets of the whole name without the root's
}

// newNames makes a tree that holds the root alone and has room for size names. Its hashes are seeded afresh, so that no zone can
// be written to make them collide.
func newNames(size int) *Names {
	slots := 1 << bits.Len(uint(max(size, 8)*4/3))
	return &Names{
		nodes: make([]nameNode, 1, size+1),
		table: make([]uint32, slots),
		seed:  maphash.MakeSeed(),
	}
}

// Len is the number of names, the root and empty non-terminals among them. Every NameID is below it.
func (n *Names) Len() int { return len(n.nodes) }

// Parent is the name without its first label; the root is its own parent.
func (n *Names) Parent(id NameID) NameID { return n.nodes[id].parent }

// Label is the first label's octets in lower case. The caller must not change them.
func (n *Names) Label(id NameID) []byte {
	node := &n.nodes[id]
	return n.labels[node.label : node.label+uint32(node.labelLen)]
}

// Name is the whole name.
func (n *Names) Name(id NameID) Name {
	var buf [maxName]byte
	return Name(n.appendWire(buf[:0], id))
}

// IsAtOrBelow reports whether id is ancestor itself or one of its descendants.
func (n *Names) IsAtOrBelow(id, ancestor NameID) bool {
	for id > ancestor {
		id = n.nodes[id].parent
	}
	return id == ancestor
}

func (n *Names) hash(parent NameID, label []byte) uint32 {
	const mix = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio: spreads small numbers over all bits
	h := maphash.Bytes(n.seed, label) ^ uint64(parent)*mix
	return uint32(h>>32) ^ uint32(h)
}

// slot finds the child of parent with that label, or the free slot where it belongs.
func (n *Names) slot(parent NameID, label []byte, hash uint32) (slot uint32, id NameID) {
	mask := uint32(len(n.table) - 1)
	for slot = hash & mask; ; slot = (slot + 1) & mask {
		id := NameID(n.table[slot])
		if id == rootID {
			return slot, rootID
		}
		if node := &n.nodes[id]; node.hash == hash && node.parent == parent && string(n.Label(id)) == string(label) {
			return slot, id
		}
	}
}

// Child is the name of a label, in lower case, below parent. It reports false where the tree has none.
func (n *Names) Child(parent NameID, label []byte) (NameID, bool) {
	_, id := n.slot(parent, label, n.hash(parent, label))
	return id, id != rootID
}

// Find is the number of a name. Where the tree lacks it, it reports false and gives the closest ancestor that it has.
func (n *Names) Find(name Name) (NameID, bool) { return find(n, name) }

// near is how many names before and behind another FindNear looks at.
const near = 4

// FindNear is Find that first looks among the names which were read around another: a zone file keeps together what belongs together.
func (n *Names) FindNear(other NameID, name Name) (NameID, bool) { return findNear(n, other, name) }

func findNear[T Name | []byte](n *Names, other NameID, wire T) (NameID, bool) {
	for id := max(other, near) - near; id <= other+near && int(id) < len(n.nodes); id++ {
		if is(n, id, wire) {
			return id, true
		}
	}
	return find(n, wire)
}

// is reports whether the number is that of the name.
func is[T Name | []byte](n *Names, id NameID, wire T) bool {
	if int(n.nodes[id].wireLen) != len(wire) {
		return false
	}
	for ; id != rootID; id = n.nodes[id].parent {
		size := int(n.nodes[id].labelLen)
		if int(wire[0]) != size || string(n.Label(id)) != string(wire[1:1+size]) {
			return false
		}
		wire = wire[1+size:]
	}
	return true
}

// find is Find of a name in wire form.
func find[T Name | []byte](n *Names, wire T) (NameID, bool) {
	id := rootID
	var starts [maxName/2 + 1]uint8
	count := 0
	for at := 0; at < len(wire); at += 1 + int(wire[at]) {
		starts[count] = uint8(at)
		count++
	}
	var label [maxLabel]byte
	for count--; count >= 0; count-- {
		at := int(starts[count])
		l := label[:copy(label[:], wire[at+1:at+1+int(wire[at])])]
		child, ok := n.Child(id, l)
		if !ok {
			return id, false
		}
		id = child
	}
	return id, true
}

// internLabel is Child that adds what is missing. The label must be in lower case and at most 63 octets.
func (n *Names) internLabel(parent NameID, label []byte) (NameID, error) {
	hash := n.hash(parent, label)
	slot, id := n.slot(parent, label, hash)
	if id != rootID {
		return id, nil
	}
	wireLen := int(n.nodes[parent].wireLen) + 1 + len(label)
	if wireLen > maxName {
		return rootID, ErrNameTooLong
	}
	id = NameID(len(n.nodes))
	n.nodes = append(n.nodes, nameNode{
		parent: parent, label: uint32(len(n.labels)), hash: hash, labelLen: uint8(len(label)), wireLen: uint8(wireLen),
	})
	n.labels = append(n.labels, label...)
	n.table[slot] = uint32(id)
	if len(n.nodes)*4 > len(n.table)*3 {
		n.grow()
	}
	return id, nil
}

func (n *Names) grow() {
	n.table = make([]uint32, 2*len(n.table))
	mask := uint32(len(n.table) - 1)
	for id := 1; id < len(n.nodes); id++ {
		slot := n.nodes[id].hash & mask
		for n.table[slot] != 0 {
			slot = (slot + 1) & mask
		}
		n.table[slot] = uint32(id)
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
	if id, ok := n.internPlain(text, origin); ok {
		return id, nil
	}
	var buf [maxName + 1]byte
	wire, absolute, err := appendLabels(buf[:0], text)
	if err != nil {
		return rootID, err
	}
	if absolute {
		origin = rootID
	}
	return n.intern(wire, origin)
}

// internPlain is internText for what most owners are: one label of letters, digits, hyphens and underscores below the origin.
func (n *Names) internPlain(text []byte, origin NameID) (NameID, bool) {
	var label [maxLabel]byte
	if len(text) == 0 || len(text) > maxLabel {
		return rootID, false
	}
	for i, c := range text {
		l := hostnameByte[c]
		if l == 0 {
			return rootID, false
		}
		label[i] = l
	}
	id, err := n.internLabel(origin, label[:len(text)])
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

// appendWire appends the name in wire form.
func (n *Names) appendWire(wire []byte, id NameID) []byte {
	for ; id != rootID; id = n.nodes[id].parent {
		wire = append(wire, n.nodes[id].labelLen)
		wire = append(wire, n.Label(id)...)
	}
	return wire
}
