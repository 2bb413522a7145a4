import Glibc
import Host

// A runner that a hostile guest has taken over: it confines itself exactly as `swiftlet-run` does, with
// what the daemon hands over, and then tries to get out. Its arguments say how; see `Attempt`.
//
// How it ends: 200 when the attempt succeeded, the error number when the kernel refused it, 251 when it
// could not even confine itself, and by SIGSYS when the filter killed it.

let succeeded: Int32 = 200

func readCommand() throws -> RunnerCommand {
    let bytes = try FileBytes.read(OwnedDescriptor(3), path: "flags", byteCountMax: 1 << 20)
    return try RunnerCommand(encoded: bytes)
}
guard let command = try? readCommand() else { exit(250) }
do {
    try command.confinement?.apply()
} catch {
    StandardStream.error("\(error)\n")
    exit(251)
}
exit(Attempt(command.arguments).run())
