// Package standin holds what stands in for packages of the standard library in the page's program. What the program's
// libraries need the real ones for cannot happen in a browser, or not often enough to matter, but the linker does not
// know that, and keeps most of them: together they would cost about 515 kB on the wire.
//
// A folder stands in for the package with that import path, and has only the names that the program's libraries use:
//
//   - net/http: coder/websocket names its types in Dial and Accept. In a browser the handshake is the browser's.
//   - net: coder/websocket offers a net.Conn, which nothing asks for, and has net.ErrClosed among its errors.
//   - image, image/color, image/png, io/ioutil, io/fs: go-qrcode writes images, which nothing asks for: the code is
//     drawn as a path.
//   - log: go-qrcode panics through it.
//   - os: package fmt prints to its files unless it is told others. A page has no files.
//   - embed: the program has one text in it, and no folder of files.
//   - internal/fmtsort: package fmt prints maps in order. The program prints none.
//   - internal/godebug: package time asks it whether whoever started the process wants the timers of older toolchains.
//     A page's program is started without an environment.
//
// A file below _files stands in for that file of the library, and has only what the rest of its package needs:
//
//   - internal/strconv: a number with a fraction is written with the way that is always right, which the real package
//     has for rare cases. The fast ways need tables of 11 kB, and the program writes few such numbers.
//   - runtime/debug: stacks are not printed to files. The program only says when garbage is collected.
//   - time: times have no method Format. Package context describes itself with times, which nothing asks for.
//
// Nothing imports them by their own path. Command overlay tells the compiler to take them, for the js target alone:
// servers and native tests have the real ones. Tests in a browser have those that package testing does not need itself.
//
// After an update of a library or of the toolchain, the tests of that command build the program with and without them,
// and compare the names here with those that are used and with the real ones. Each failure says what to do: a name that
// is missing is to be added, as small as it is needed, and one that is not used any more to be removed. A folder that
// makes no difference to the size any more can go.
package standin
