// Writes the handlers of the interpreter: one for each operator and each choice of places for its
// operands, from the tables in this program.
//
//     swift run wasm-handlers Sources/Wasm/Execute/Generated          writes
//     swift run wasm-handlers --check Sources/Wasm/Execute/Generated  fails on a difference

#if canImport(Glibc)
import Glibc
#endif

let groups =
    controlGroups() + callGroups() + fusedGroups() + integerGroup(.i32) + integerGroup(.i64)
    + memoryGroups()
    + conversionGroups() + floatGroups(.f32) + floatGroups(.f64) + vectorGroups()

let files = render(groups)
let arguments = CommandLine.arguments.dropFirst()
guard let folder = arguments.last, folder != "--check" else {
    report("usage: wasm-handlers [--check] FOLDER")
    exit(64)
}
var isSame = true
for (name, text) in files {
    let path = "\(folder)/\(name)"
    if arguments.first == "--check" {
        guard readFile(path) != text else { continue }
        report("\(path) differs from what the generator writes; run it without --check")
        isSame = false
    } else if !writeFile(path, text) {
        report("\(path) cannot be written")
        isSame = false
    }
}
exit(isSame ? 0 : 1)
