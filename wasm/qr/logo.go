package qr

import "math"

// logoShare is how much of a code's area a logo with its ground may cover. At level High three tenths of a code may be
// missing, but a reader needs some of that for dirt, reflections and a camera held at an angle.
const logoShare = 0.05

// Logo returns the square in the middle of the drawing that a logo with its ground may cover: the distance of its upper
// left corner from the edges of the drawing, and its side, both in modules. The code has to be of level High.
func (m Matrix) Logo() (at, side int) {
	side = int(math.Sqrt(logoShare) * float64(len(m)))
	side -= (len(m) - side) % 2 // so that it is in the very middle
	return (m.Side() - side) / 2, side
}
