import Logging
import Synchronization
import TestKit
import Testing
import Uplink

@testable import Daemon

// Goal: new certificates are used when they are whole, and a half-written pair ends nothing. Method: real
// files, watched by the kernel; a small authority.
@Suite(
    "New certificates",
    .enabled(if: Authority.openssl.isMet, Comment(rawValue: Authority.openssl.comment))
)
struct CredentialWatchTests {
    private func broker(_ folder: String) throws -> DaemonConfiguration.Broker {
        var broker = DaemonConfiguration.Broker(url: try BrokerURL("mqtts://broker"))
        broker.caFile = "\(folder)/ca.crt"
        broker.certificateFile = "\(folder)/node.crt"
        broker.keyFile = "\(folder)/node.key"
        broker.passwordFile = "\(folder)/password"
        return broker
    }

    private var silent: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    @Test("half a pair, a missing or an empty file are waited for; what is whole is used")
    func problems() throws {
        try withScratchDirectory { folder in
            let authority = try Authority(in: folder)
            for name in ["node", "other"] { try authority.sign(name) }
            let watch = CredentialWatch(try broker(folder), logger: silent)
            var files: [String: [UInt8]] = [:]
            for name in ["ca.crt", "node.crt", "node.key"] {
                files["\(folder)/\(name)"] = try readBytes("\(folder)/\(name)")
            }
            files["\(folder)/password"] = [1]
            #expect(watch.problem(of: files) == nil)
            let table: [(String, [UInt8]?, String)] = [
                ("node.key", try readBytes("\(folder)/other.key"), "not that of the certificate"),
                ("node.crt", try readBytes("\(folder)/other.crt"), "not that of the certificate"),
                ("node.crt", [], "empty"), ("ca.crt", nil, "ca.crt is not there"),
                ("password", nil, "password is not there"),
                ("node.crt", Array("half".utf8), "the certificate is not readable"),
                (
                    "node.key", Array(try readBytes("\(folder)/node.key").prefix(60)),
                    "the key is not"
                ),
            ]
            for (name, bytes, part) in table {
                var changed = files
                changed["\(folder)/\(name)"] = bytes
                let problem = watch.problem(of: changed)
                #expect(problem?.contains(part) == true, "\(name): \(problem ?? "nothing")")
            }
        }
    }

    @Test("the pair is used once both files are there, also when they are moved into place")
    func rotation() async throws {
        try await Fixture.with { fixture in
            let folder = fixture.directory
            let authority = try Authority(in: folder)
            for name in ["node", "next"] { try authority.sign(name) }
            try writeFile("\(folder)/password", "a")
            let watch = CredentialWatch(try broker(folder), logger: silent)
            let renewals = Renewals()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await watch.run { renewals.add() } }
                func replace(_ name: String) throws {
                    _ = try run("mv", ["\(folder)/next.\(name)", "\(folder)/node.\(name)"])
                }
                // The watch begins in its own time: a password is changed until it is seen.
                try await eventually("the watch has begun") {
                    try writeFile("\(folder)/password", "\(Int.random(in: 0..<1_000_000))")
                    return renewals.count > 0
                }
                let before = try await renewals.settled()
                try replace("crt")
                try replace("key")
                try await eventually("the new pair is used") { renewals.count > before }
                group.cancelAll()
            }
        }
    }
}

/// Counts how often something was used.
private final class Renewals: Sendable {
    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    func add() { number.withLock { $0 += 1 } }

    /// The count once it has not changed for as long as a watch takes to settle, and more.
    func settled() async throws -> Int {
        var last = count
        var since = ContinuousClock.now
        try await eventually("the count stays") {
            if count != last { (last, since) = (count, .now) }
            return ContinuousClock.now - since > .seconds(1)
        }
        return last
    }
}
