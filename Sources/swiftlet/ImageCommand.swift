import ArgumentParser
import Operator

/// `swiftlet image …`: what is on the device, and how more gets there.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Brings, looks at, checks, takes along and removes images on the device.",
        subcommands: [
            ImageListCommand.self, ImageInspectCommand.self, ImagePullCommand.self,
            ImageImportCommand.self, ImageExportCommand.self, ImageVerifyCommand.self,
            ImagePruneCommand.self, ImageRemoveCommand.self,
        ]
    )
}

extension ParsableCommand {
    /// Carries a verb about images out, and ends the program with the error's own exit code.
    fileprivate func run(
        _ options: NodeOptions,
        images verb: (ImageSession) async throws(OperatorError) -> Void
    ) async throws {
        do throws(OperatorError) {
            try await verb(ImageSession(reach: try options.reach(), console: .standard))
        } catch {
            Console.standard.remark("error: \(error)")
            throw ExitCode(error.exitCode)
        }
    }
}

struct ImageListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the images; without the daemon from its files."
    )
    @OptionGroup var node: NodeOptions
    @OptionGroup var format: FormatOption

    func run() async throws {
        try await run(
            node,
            images: { session throws(OperatorError) in
                try await session.list(format: try format.chosen())
            }
        )
    }
}

struct ImageInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Says everything about an image; without the daemon from its files."
    )
    @OptionGroup var node: NodeOptions
    @OptionGroup var format: FormatOption
    @Argument(help: "The image's name, or its digest.")
    var name: String

    func run() async throws {
        try await run(
            node,
            images: { session throws(OperatorError) in
                try await session.inspect(name, format: try format.chosen())
            }
        )
    }
}

struct ImagePullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetches an image and keeps it until it is removed by name."
    )
    @OptionGroup var node: NodeOptions
    @Argument(help: "The image's name, as a pod would write it.")
    var name: String

    func run() async throws {
        try await run(
            node,
            images: { session throws(OperatorError) in try await session.pull(name) }
        )
    }
}

struct ImageImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes images from a file, without a network, and keeps them.",
        discussion: """
            Reads what docker save writes, an OCI image layout as a folder, and one in a tar archive; \
            - reads an archive from standard input.
            """
    )
    @OptionGroup var node: NodeOptions
    @Argument(help: "The archive, or the layout's folder.")
    var path: String
    @Option(help: ArgumentHelp("What the image is to be called here.", valueName: "name"))
    var name: String?

    func run() async throws {
        try await run(
            node,
            images: { session throws(OperatorError) in
                try await session.take(path, as: name)
            }
        )
    }
}

struct ImageExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes an image to a tar archive that import, docker load and skopeo read."
    )
    @OptionGroup var node: NodeOptions
    @Argument(help: "The image's name.")
    var name: String
    @Argument(help: "The archive; - writes it to standard output.")
    var path: String

    func run() async throws {
        try await run(
            node,
            images: { session throws(OperatorError) in
                try await session.export(name, to: path)
            }
        )
    }
}

struct ImageVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hashes every blob of images, and sets aside what is damaged.",
        discussion: "Exits with 1 when anything is damaged. Without the daemon it only looks."
    )
    @OptionGroup var node: NodeOptions
    @Argument(help: "Only these images.")
    var names: [String] = []

    func run() async throws {
        var isGood = true
        try await run(
            node,
            images: { session throws(OperatorError) in
                isGood = try await session.verify(names)
            }
        )
        guard isGood else { throw ExitCode.failure }
    }
}

struct ImagePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Removes the images that nothing needs, and what ended pulls left."
    )
    @OptionGroup var node: NodeOptions
    @Flag(help: "Also those that were pulled or imported by name; never what a pod needs.")
    var all = false
    @Flag(help: "Only say what would be removed.")
    var dryRun = false

    func run() async throws {
        try await run(
            node,
            images: { session throws(OperatorError) in
                try await session.prune(includesKept: all, isTrial: dryRun)
            }
        )
    }
}

struct ImageRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes images by name, unless a pod needs them."
    )
    @OptionGroup var node: NodeOptions
    @Argument(help: "The images' names.")
    var names: [String]

    func run() async throws {
        try await run(
            node,
            images: { session throws(OperatorError) in
                try await session.remove(names)
            }
        )
    }
}
