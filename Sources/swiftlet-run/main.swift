import Glibc
import Host

exit(Program.run(Array(CommandLine.arguments.dropFirst())))

/// From the command line to the exit code.
enum Program {
    static func run(_ words: [String]) -> Int32 {
        // Why before all flags are looked through: every workload of the daemon's comes by here.
        if words.count == 2, words[0] == "--flags-fd", let number = UInt64(words[1]) {
            return runFromDescriptor(number)
        }
        do {
            let parsed = try RunFlags.parser.parse(words)
            if parsed.has("--help") {
                StandardStream.output(RunFlags.parser.usage)
                return 0
            }
            if parsed.has("--version") {
                StandardStream.output("swiftlet-run \(Release.version)\n")
                return 0
            }
            if parsed.value("--wasm-features") == "help" {
                StandardStream.output(RunFlags.featureList)
                return 0
            }
            if let number = try parsed.number("--flags-fd") { return runFromDescriptor(number) }
            let flags = try RunFlags(parsed)
            return Runner(
                flags.command,
                statistics: flags.statistics,
                features: flags.features,
                codeLimitBytes: flags.codeLimitBytes
            )
            .run()
        } catch {
            StandardStream.error("swiftlet-run: \(error)\n\n\(RunFlags.parser.usage)")
            return Outcome.Code.usage
        }
    }

    private static func command(from file: OwnedDescriptor) throws(HostError) -> RunnerCommand {
        let bytes = try FileBytes.read(
            file,
            path: "--flags-fd",
            byteCountMax: RunnerCommand.encodedBytesMax
        )
        return try RunnerCommand(encoded: bytes)
    }

    private static func runFromDescriptor(_ number: UInt64) -> Int32 {
        do {
            // 0, 1 and 2 are for the guest, and nothing is read from descriptors by mistake.
            guard (3...1_024).contains(number) else {
                throw HostError.malformed(path: "--flags-fd", reason: "must be 3 or more")
            }
            let command = try command(from: OwnedDescriptor(Int32(number)))
            return Runner(command).run()
        } catch {
            StandardStream.error("swiftlet-run: \(error)\n")
            return Outcome.Code.usage
        }
    }
}
