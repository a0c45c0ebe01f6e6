package sample

import "testing"

func TestSum(t *testing.T) {
	if got := Sum(4); got != 10 {
		t.Errorf("got %d", got)
	}
}

func TestPay(t *testing.T) {
	p := Purse{Owed: true}
	p.Pay(3)
	if p.Paid != 3 {
		t.Errorf("paid %d", p.Paid)
	}
}
