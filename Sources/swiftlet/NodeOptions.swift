import ArgumentParser
import Host
import Operator
import Uplink

/// The options that say how the node is reached; they may stand before or after the verb.
struct NodeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's socket; else $SWIFTLET_SOCKET, else \(Reach.standardSocketPath).",
            valueName: "path"
        )
    )
    var socket: String?

    @Option(help: ArgumentHelp("Reach the node through this broker.", valueName: "url"))
    var broker: String?

    @Option(help: ArgumentHelp("The node's name on the broker.", valueName: "name"))
    var node: String?

    @Flag(help: "Every node that the broker knows.")
    var allNodes = false

    @Option(
        help: ArgumentHelp("A way to a node that has a name; see config.", valueName: "name")
    )
    var context: String?

    @Option(help: ArgumentHelp("User name for the broker.", valueName: "name"))
    var username: String?

    @Option(help: ArgumentHelp("File with the password for the broker.", valueName: "path"))
    var passwordFile: String?

    @Option(
        help: ArgumentHelp("PEM file of who may sign the broker's certificate.", valueName: "path")
    )
    var caFile: String?

    @Option(help: ArgumentHelp("PEM file of our certificate.", valueName: "path"))
    var certFile: String?

    @Option(help: ArgumentHelp("PEM file of our certificate's key.", valueName: "path"))
    var keyFile: String?

    @Option(
        help: ArgumentHelp(
            "Key that signs what goes over the broker; see keygen.",
            valueName: "path"
        )
    )
    var signingKey: String?

    @Option(
        help: ArgumentHelp("Where the database is, if the daemon is down.", valueName: "directory")
    )
    var state: String = Reach.standardStateDirectory

    @Option(
        help: ArgumentHelp(
            "Where the pods' logs are, if the daemon is down.",
            valueName: "directory"
        )
    )
    var logs: String = Reach.standardLogsDirectory

    /// Longest password in bytes; MQTT's own bound is 65,535.
    private static let passwordByteCountMax = 65_535

    /// The options as the operator library takes them.
    func reach() throws(OperatorError) -> Reach {
        var reach = Reach()
        let context = try chosenContext()
        let socket = socket ?? context.socket
        reach.socketPath =
            socket ?? EnvironmentVariable.filled("SWIFTLET_SOCKET") ?? reach.socketPath
        reach.stateDirectory = state
        reach.logsDirectory = logs
        reach.broker = try configuration(context)
        reach.isForAllNodes = allNodes
        if let signingKey { reach.signingKey = try KeyFiles.read(signingKey) }
        return reach
    }

    /// The context that counts: what the command line says of the way itself comes before it.
    private func chosenContext() throws(OperatorError) -> ContextFile.Context {
        guard broker == nil, socket == nil else {
            guard context == nil else {
                throw .usage("--context says the way: leave out --broker and --socket")
            }
            return ContextFile.Context()
        }
        return try ContextPlace.read().context(context) ?? ContextFile.Context()
    }

    private func configuration(
        _ context: ContextFile.Context
    ) throws(OperatorError) -> UplinkConfiguration? {
        guard let broker = broker ?? context.broker else {
            guard node == nil, !allNodes else {
                throw .usage("--node and --all-nodes mean nodes of a broker: add --broker URL")
            }
            return nil
        }
        guard socket == nil else {
            throw .usage("--socket and --broker are two ways to the node: choose one")
        }
        guard node == nil || !allNodes else {
            throw .usage("--node and --all-nodes contradict each other: leave one of them out")
        }
        // For all nodes a name stands in, which no topic will have.
        let named = allNodes ? "all" : node ?? context.node
        guard let node = named else { throw .usage("--broker needs --node NAME or --all-nodes") }
        guard TopicName.isNamespace(node) else {
            throw .usage("--node \(node) is no node name: lower-case letters, digits and dashes")
        }
        let url: BrokerURL
        do throws(UplinkError) {
            url = try BrokerURL(broker)
        } catch {
            throw .usage(error.description)
        }
        return UplinkConfiguration(
            url: url,
            nodeName: node,
            prefix: context.prefix ?? "swiftlet/v1",
            username: username ?? context.username,
            password: try password(passwordFile ?? context.passwordFile),
            certificateAuthorityFile: caFile ?? context.caFile,
            certificateFile: certFile ?? context.certificateFile,
            keyFile: keyFile ?? context.keyFile
        )
    }

    private func password(_ passwordFile: String?) throws(OperatorError) -> [UInt8]? {
        guard let passwordFile else { return nil }
        do throws(HostError) {
            var bytes = try FileBytes.read(
                passwordFile,
                byteCountMax: Self.passwordByteCountMax
            )
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            return bytes
        } catch {
            throw .notRead(message: error.description)
        }
    }
}
