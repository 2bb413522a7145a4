import ArgumentParser
import Host
import Operator

struct KeygenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Makes the key that signs what nodes run.",
        usage: "swiftlet keygen PATH",
        discussion: """
            PATH.key is for the cloud side, and nobody else may read it. PATH.pub goes to every node, \
            and into its swiftletd.yaml: trust: {keys: [/etc/swiftlet/NAME.pub]}.
            """
    )

    @Argument(help: "Where the two files go, without .key and .pub.")
    var path: String

    func run() async throws {
        try await reporting { () throws(OperatorError) in
            print("\(path).pub: key \(try KeyFiles.make(path))")
        }
    }
}

struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Signs what a node should run.",
        usage: "swiftlet sign --signing-key KEY [--all --broker URL --node NAME | MANIFEST]",
        discussion: """
            With --all: makes the node's next manifest, which lists every object that the broker \
            holds for it, signs it and publishes both. Look at the list: whoever can write to the \
            broker can have put something there. With a file: writes the signature of these very \
            bytes, for the topic desired/manifest.sig.
            """
    )

    @OptionGroup var node: NodeOptions

    @Flag(help: "Sign everything that the broker holds for the node.")
    var all = false

    @Argument(help: "A manifest; - reads standard input.")
    var manifest: String?

    @Option(help: ArgumentHelp("How long to wait for the node.", valueName: "duration"))
    var timeout: String = "30s"

    func run() async throws {
        guard let manifest, !all else {
            return try await run(node) { session throws(OperatorError) in
                guard all, manifest == nil else {
                    throw .usage("say what to sign: --all, or a file with a manifest")
                }
                let seconds = try Seconds(timeout, option: "--timeout").count
                try await session.sign(timeoutSeconds: Int(seconds))
            }
        }
        try await reporting { () throws(OperatorError) in
            guard let path = node.signingKey else {
                throw .usage("which key? swiftlet sign --signing-key KEY MANIFEST")
            }
            let bytes = try FileOption.bytes(manifest)
            let signature = try KeyFiles.signature(of: bytes, by: KeyFiles.read(path))
            _ = StandardStream.output.write(signature + [0x0A])
        }
    }
}
