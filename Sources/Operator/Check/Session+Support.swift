import ControlAPI
import Host

extension Session {
    /// Writes a support bundle, a gzipped tar archive with files of text.
    ///
    /// - Parameters:
    ///   - path: The archive's file; it must not be there yet.
    ///   - configurationPath: The daemon's configuration file.
    ///   - withLogs: Whether the last lines of every container's log are in it: what workloads print
    ///     is theirs, and may be secret.
    /// - Throws: What kept it from being written.
    public func supportBundle(
        path: String,
        configurationPath: String,
        withLogs: Bool
    ) async throws(OperatorError) {
        guard reach.broker == nil else {
            throw .usage("a support bundle is made on the node itself: leave out --broker")
        }
        let access = try await localAccess()
        let bundle = await SupportBundle.collect(
            self,
            access,
            configurationPath: configurationPath,
            withLogs: withLogs
        )
        do throws(HostError) {
            try await Self.write(bundle, to: path)
        } catch {
            throw .notRead(message: error.description)
        }
        console.line("\(path): \(bundle.parts.count) files, no values of secrets or environments")
    }

    /// The daemon's socket, else its files.
    private func localAccess() async throws(OperatorError) -> any NodeAccess {
        let access = SocketAccess(path: reach.socketPath, console: console)
        do throws(OperatorError) {
            _ = try await access.status()
            return access
        } catch .control(let error) where error.isNotRunning {
            return try DatabaseAccess(reach: reach, reason: error, console: console)
        }
    }

    private static func write(_ bundle: SupportBundle, to path: String) async throws(HostError) {
        let folder = path + ".parts"
        try FileTree.make(folder)
        defer { try? FileTree.remove(folder) }
        for part in bundle.parts {
            let name = String(part.name.map { $0 == "/" ? "-" : $0 })
            try AtomicFile.write(Array(part.text.utf8), to: "\(folder)/\(name)")
        }
        let arguments = ["--create", "--gzip", "--file", path, "--directory", folder, "."]
        let result = await Program.output("/bin/tar", arguments)
        guard let result, result.exit == .exited(code: 0) else {
            throw .malformed(
                path: path,
                reason: "tar did not write it: \(result?.text ?? "it is not there")"
            )
        }
    }
}
