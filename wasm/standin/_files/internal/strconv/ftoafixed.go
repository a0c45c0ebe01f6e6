package strconv

// fixedFtoa sets d to mant*(2^exp), rounded to digits of it, or if fmt is 'f' to prec of them behind the point.
func fixedFtoa(d *decimalSlice, mant uint64, exp, digits, prec int, fmt byte) {
	exact := new(decimal)
	exact.Assign(mant)
	exact.Shift(exp)
	if fmt == 'f' {
		digits = exact.dp + prec
	}
	exact.Round(digits)
	*d = decimalSlice{exact.d[:], exact.nd, exact.dp}
}
