package qr

import "strconv"

// quietZone is how many light modules ISO/IEC 18004 asks for on every side.
const quietZone = 4

// Side returns the side of the drawing in modules, both quiet zones included.
// The view box of the drawing is "0 0 side side".
func (m Matrix) Side() int {
	return len(m) + 2*quietZone
}

// Path returns the data of one SVG path that fills exactly the dark modules,
// one unit each, moved right and down by the quiet zone.
//
// The path follows the outlines of the dark areas with the dark side on its
// right, so that holes wind the other way and either fill rule fills the same.
// Outlines take two thirds of the bytes of one rectangle a run and leave no
// seams between rows when the drawing is scaled.
func (m Matrix) Path() string {
	path := make([]byte, 0, 2*len(m)*len(m)) // more than any code has needed
	traced := make([]bool, len(m)*len(m))    // top edges, by the module below
	last := point{-quietZone, -quietZone}
	for y := range m {
		for x := range m[y] {
			start := point{x, y}
			if !m.dark(start) || m.dark(point{x, y - 1}) || traced[y*len(m)+x] {
				continue
			}
			path = append(path, 'm')
			path = strconv.AppendInt(path, int64(x-last.x), 10)
			if y >= last.y {
				path = append(path, ' ')
			}
			path = strconv.AppendInt(path, int64(y-last.y), 10)
			path = m.appendOutline(path, start, traced)
			last = start // where z leaves the pen
		}
	}
	return string(path)
}

// appendOutline appends the outline that leaves start to the right along the
// top of a dark module, and records the top edges it passes in traced.
func (m Matrix) appendOutline(path []byte, start point, traced []bool) []byte {
	at, dir, length := start, point{1, 0}, 0
	for {
		if dir.x == 1 {
			traced[at.y*len(m)+at.x] = true
		}
		at.x, at.y = at.x+dir.x, at.y+dir.y
		length++

		turned := dir
		if !m.dark(at.ahead(dir, dir.right())) {
			turned = dir.right()
		} else if m.dark(at.ahead(dir, dir.left())) {
			turned = dir.left()
		}
		if turned == dir {
			continue
		}
		if at == start && turned.x == 1 {
			return append(path, 'z') // draws the last side
		}
		if dir.y == 0 {
			path = append(path, 'h')
		} else {
			path = append(path, 'v')
		}
		path = strconv.AppendInt(path, int64(length*(dir.x+dir.y)), 10)
		dir, length = turned, 0
	}
}

func (m Matrix) dark(p point) bool {
	return p.y >= 0 && p.y < len(m) && p.x >= 0 && p.x < len(m) && m[p.y][p.x]
}

// point is a module, by its top left corner, a corner, or a unit direction.
// As in SVG, y grows downwards.
type point struct{ x, y int }

func (p point) left() point  { return point{p.y, -p.x} }
func (p point) right() point { return point{-p.y, p.x} }

// ahead returns the module that touches corner p in direction dir, on the given
// side of it.
func (p point) ahead(dir, side point) point {
	return point{p.x + (dir.x+side.x-1)/2, p.y + (dir.y+side.y-1)/2}
}
