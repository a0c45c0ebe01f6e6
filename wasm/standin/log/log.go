package log

import "fmt"

func Panic(v ...any) { panic(fmt.Sprint(v...)) }

func Panicf(format string, v ...any) { panic(fmt.Sprintf(format, v...)) }

func Panicln(v ...any) { panic(fmt.Sprintln(v...)) }
