import WasmGenerator

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

// compare FIRST COUNT: writes modules of these seeds with what they give here to standard output, for
// another engine to be compared with; see compare.py.

setvbuf(stdout, nil, _IOFBF, 1 << 16)
let words = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
guard words.count == 2 else {
    fputs("usage: compare FIRST COUNT\n", stderr)
    exit(64)
}
for seed in words[0]..<words[0] + words[1] {
    let record = ModuleResults.record(GeneratedModule(seed: seed))
    if fwrite(record, 1, record.count, stdout) != record.count { break }
}
fflush(stdout)
