package strconv

// dboxFtoa sets d to the shortest decimal number that is read back as mant*(2^exp).
func dboxFtoa(d *decimalSlice, mant uint64, exp int, denorm bool, bitSize int) {
	info := &float64info
	if bitSize == 32 {
		info = &float32info
	}
	exact := new(decimal)
	exact.Assign(mant)
	exact.Shift(exp)
	roundShortest(exact, mant, exp+int(info.mantbits), info)
	*d = decimalSlice{exact.d[:], exact.nd, exact.dp}
}
