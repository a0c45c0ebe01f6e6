// Package sample has tests that notice some changes and not others.
package sample

// Sum returns the sum of the numbers from 1 to n. That it goes up by one is tested, and that it ends.
func Sum(n int) int {
	sum := 0
	for i := 1; i <= n; i++ {
		sum += i
	}
	return sum
}

// Purse is money that is owed or not.
type Purse struct {
	Owed bool
	Paid int
}

// Pay is tested for what is paid, and not for what is owed.
func (p *Purse) Pay(amount int) {
	p.Paid += amount
	p.Owed = false
}

// Forgotten is tested by nothing.
func Forgotten(p *Purse) {
	p.Paid = 0
}
