import ControlAPI
import Documents
import Host

/// What `check` learns from the daemon and about its configuration.
struct DaemonFacts: Sendable {
    /// The output and exit code of `swiftletd --check`; `nil` where it could not be started.
    var configuration: (text: String, exit: ProcessExit)?
    /// What the daemon says of itself; or why it says nothing.
    var status: Result<Document, OperatorError>
    /// The node's object.
    var node: Document?

    /// What it means.
    var findings: [Finding] {
        var findings = [configurationFinding]
        switch status {
        case .failure(let error):
            findings.append(
                .failure("daemon", "\(error)", "start it with `systemctl start swiftletd`")
            )
        case .success(let status):
            let version = status["version"]?.string ?? "of unknown version"
            findings.append(.good("daemon", "swiftletd \(version) answers"))
            findings.append(Self.link(status["link"]))
            findings += Self.pods(status)
        }
        return findings + conditions
    }

    private var configurationFinding: Finding {
        guard let configuration else {
            return .warning("configuration", "swiftletd could not be asked", "is it installed?")
        }
        let line = configuration.text.split(separator: "\n").last.map(String.init) ?? ""
        guard configuration.exit == .exited(code: 0) else {
            return .failure("configuration", line, "mend the file, then run `swiftlet check` again")
        }
        return .good("configuration", line)
    }

    private static func link(_ link: Document?) -> Finding {
        let state = link?["state"]?.string ?? "unknown"
        let message = link?["message"]?.string.map { ": \($0)" } ?? ""
        switch state {
        case "online": return .good("broker", "connected")
        case "not configured":
            return .warning(
                "broker",
                "none is configured",
                "add broker: {url: …} to swiftletd.yaml"
            )
        default:
            return .failure(
                "broker",
                state + message,
                "pods go on; look at the broker's address, the network and the certificates"
            )
        }
    }

    private static func pods(_ status: Document) -> [Finding] {
        let desired = status["pods"]?["desired"]?.integer ?? 0
        let running = status["pods"]?["running"]?.integer ?? 0
        let errors = status["lastErrors"]?.array ?? []
        var findings = [Finding.good("pods", "\(running) of \(desired) running")]
        if let newest = errors.first {
            let message = newest["message"]?.string ?? ""
            findings.append(
                .warning("errors", "\(errors.count), the last: \(message)", "see `swiftlet status`")
            )
        }
        return findings
    }

    /// Conditions of the node that are not as they should be.
    private var conditions: [Finding] {
        NodeFault.all(node.map { ObjectView($0) }).map {
            .warning("node", $0.text, "see `swiftlet get nodes -o yaml`")
        }
    }
}

extension Session {
    /// Looks at everything that a node needs, and says what is wrong and what to do.
    ///
    /// - Parameter configurationPath: The daemon's configuration file.
    /// - Returns: Whether nothing has failed; warnings are no failures.
    /// - Throws: ``OperatorError/usage(_:)`` over a broker: what is looked at is this machine.
    public func check(configurationPath: String) async throws(OperatorError) -> Bool {
        let findings = try await findings(configurationPath)
        console.text(Finding.text(findings))
        return !findings.contains { $0.verdict == .failure }
    }

    func findings(_ configurationPath: String) async throws(OperatorError) -> [Finding] {
        guard reach.broker == nil else {
            throw .usage("check looks at the machine that it runs on: leave out --broker")
        }
        let access = SocketAccess(path: reach.socketPath, console: console)
        var status: Result<Document, OperatorError>
        do throws(OperatorError) { status = .success(try await access.status()) } catch {
            status = .failure(error)
        }
        let facts = DaemonFacts(
            configuration: await Program.output(
                "swiftletd",
                ["--check", "--config", configurationPath]
            ),
            status: status,
            node: (try? await access.objects(.nodes, in: nil))?.first
        )
        let machine = MachineFacts(stateDirectory: reach.stateDirectory, now: console.now())
        return facts.findings + machine.findings
    }
}
