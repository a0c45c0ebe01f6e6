// Package broken has a test that fails without a change.
package broken

// Yes returns true.
func Yes() bool { return true }
