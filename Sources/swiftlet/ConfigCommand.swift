import ArgumentParser
import Host
import Operator

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Names ways to reach nodes, as in a kubeconfig.",
        discussion: "The file is $SWIFTLET_CONFIG, else ~/.config/swiftlet/config.yaml.",
        subcommands: [ListContexts.self, UseContext.self, CurrentContext.self]
    )

    struct ListContexts: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get-contexts",
            abstract: "Lists the contexts; a star marks the current one."
        )

        func run() throws {
            try finish { () throws(OperatorError) in
                let file = try ContextPlace.read()
                for context in file.contexts {
                    let mark = context.name == file.current ? "*" : " "
                    let place = context.broker.map { "\($0) \(context.node ?? "")" }
                    Console.standard.line(
                        "\(mark) \(context.name)  \(place ?? context.socket ?? "")"
                    )
                }
            }
        }
    }

    struct UseContext: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "use-context",
            abstract: "Makes a context the current one."
        )

        @Argument(help: "The context's name.")
        var name: String

        func run() throws {
            try finish { () throws(OperatorError) in
                var file = try ContextPlace.read()
                file.current = try file.context(name)?.name
                try ContextPlace.write(file)
                Console.standard.line("now at context \(name)")
            }
        }
    }

    struct CurrentContext: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "current-context",
            abstract: "Says which context is the current one."
        )

        func run() throws {
            try finish { () throws(OperatorError) in
                guard let current = try ContextPlace.read().current else {
                    throw .usage("no context is current: swiftlet config use-context NAME")
                }
                Console.standard.line(current)
            }
        }
    }
}

/// Where the file with the contexts is.
enum ContextPlace {
    /// The file's path; `nil` where neither variable nor home says.
    static var path: String? {
        if let path = EnvironmentVariable.filled("SWIFTLET_CONFIG") { return path }
        let home = EnvironmentVariable.filled("HOME").map { $0 + "/.config" }
        return (EnvironmentVariable.filled("XDG_CONFIG_HOME") ?? home).map {
            $0 + "/swiftlet/config.yaml"
        }
    }

    /// The contexts; none where there is no file.
    static func read() throws(OperatorError) -> ContextFile {
        guard let path else { return ContextFile() }
        let bytes: [UInt8]
        do throws(HostError) {
            bytes = try FileBytes.read(path, byteCountMax: ContextFile.byteCountMax)
        } catch {
            // Only a file that somebody has named must be there.
            guard EnvironmentVariable.filled("SWIFTLET_CONFIG") == nil, error.isNotFound else {
                throw .notRead(message: error.description)
            }
            return ContextFile()
        }
        return try ContextFile(bytes: bytes, path: path)
    }

    static func write(_ file: ContextFile) throws(OperatorError) {
        guard let path else { throw .usage("set SWIFTLET_CONFIG: there is no home folder") }
        do throws(HostError) {
            try AtomicFile.write(Array(file.yaml.utf8), to: path)
        } catch {
            throw .notRead(message: error.description)
        }
    }
}
