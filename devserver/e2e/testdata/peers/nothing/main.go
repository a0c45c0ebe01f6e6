//go:build js && wasm

// Command nothing is what any program weighs that formats a text.
package main

import "fmt"

//go:wasmexport draw
func draw(times int32) (length int32) { return int32(len(fmt.Sprintf("%d%s", times, "path"))) }

func main() { select {} }
