import Documents
import Glibc
import KubeModel
import TestKit

@testable import StateStore

/// A gateway after a power cut: what is on its disk is made, the daemon is started with no broker
/// there, and what it does is held against what was acknowledged.
struct Boot {
    let site: Site
    let load: Load
    let workshop: Workshop

    /// What is wrong after one power cut; empty when all is well.
    ///
    /// `harm` may do to the disk what a cut does not.
    func problems(
        after cut: PowerCut,
        harm: (Site) throws -> Void = { _ in }
    ) async throws -> [String] {
        try makeDisk(after: cut)
        try harm(site)
        let logs = logSizes()
        let daemon = try site.startAfterBoot()
        defer {
            site.killRunners()
            daemon.kill()
            site.killRunners()
        }
        var problems: [String] = []
        do {
            problems += try await running(daemon, after: cut, logs)
        } catch {
            problems.append("\(error)")
        }
        problems += try wrongBlobs()
        site.killRunners()
        daemon.kill()
        site.killRunners()
        problems += try databaseProblems()
        return problems.isEmpty
            ? [] : problems + ["the daemon said:\n\(daemon.output.suffix(3_000))"]
    }

    private func makeDisk(
        after cut: PowerCut,
        where isWanted: (String) -> Bool = { _ in true }
    ) throws {
        site.empty()
        var disk = cut.disk(load.recording, roots: load.rootInodes)
        for name in Site.lasting {
            try disk.write("\(site.folder)/\(name)", to: "\(site.place)/\(name)", where: isWanted)
        }
    }

    /// What is wrong with the database alone after a power cut, without a daemon.
    func storedProblems(after cut: PowerCut) async throws -> [String] {
        try makeDisk(after: cut) { $0.hasPrefix("state.db") }
        guard Site.hasDatabase(site.place) else {
            return load.story.problems(stored: [], acknowledged: said(before: cut))
        }
        let problems = try databaseProblems()
        let stored = try await site.stored()
        return try problems
            + load.story.problems(stored: stored.desired, acknowledged: said(before: cut))
            + forgottenEnds(stored.observed, after: cut)
    }

    /// Keeps the disk of a cut, and the recording that it was made of, for people to look at.
    func keep(_ cut: PowerCut, in folder: String) throws {
        try makeDisk(after: cut)
        let target = "\(folder)/cut-\(cut)"
        try run("mkdir", ["-p", target])
        try run("cp", ["-a", "\(site.place)/state", "\(site.place)/logs", target])
        try run("cp", ["--sparse=always", "\(site.base)/recording", "\(folder)/recording"])
    }

    private func said(before cut: PowerCut) -> [Acknowledgement] {
        load.acknowledgements.filter { $0.position <= cut.position }
    }

    /// Waits until everything that is stored runs, and nothing else.
    private func running(
        _ daemon: BackgroundProcess,
        after cut: PowerCut,
        _ logs: [String: Int]
    ) async throws -> [String] {
        try await eventually("the daemon is ready", within: 30) {
            if let code = daemon.exitCode { throw TestKitError(message: "it ended with \(code)") }
            return daemon.output.contains("swiftletd: ready")
        }
        let stored = try await site.stored().desired
        var problems = load.story.problems(stored: stored, acknowledged: said(before: cut))
        let pods = stored.filter { $0.kind == .pod && $0.deletionRequestedAt == nil }
        var wanted: Set<String> = []
        for pod in pods {
            let text = load.story.text(of: pod.name, uid: pod.uid, version: pod.resourceVersion)
            guard let text else { continue }
            wanted.insert(pod.uid)
            try await eventually("\(pod.name) prints \(text)", within: 30) {
                if let code = daemon.exitCode {
                    throw TestKitError(message: "it ended with \(code)")
                }
                return site.log(of: pod.name, pod.uid, after: logs).contains(text)
            }
        }
        let allowed = Set(pods.map(\.uid))
        try await eventually("what is not wanted has ended", within: 30) {
            Set(site.runners().map(\.uid)).isSubset(of: allowed)
        }
        let lost = wanted.subtracting(site.runners().map(\.uid))
        // One may be between two runs, where a new version was just put in its place.
        if !lost.isEmpty {
            try await eventually("\(lost) runs again", within: 30) {
                lost.isSubset(of: site.runners().map(\.uid))
            }
        }
        problems += try wrongRoots(wanted)
        problems += try await forgottenEnds(site.stored().observed, after: cut)
        problems += ranAgain(after: cut, logs)
        return problems
    }

    /// Ends that were told before the cut, and that the database knows as something else.
    private func forgottenEnds(_ observed: [ObservedPod], after cut: PowerCut) throws -> [String] {
        var problems: [String] = []
        for end in load.toldEnds where end.position <= cut.position {
            // A pod that may have been removed meanwhile has no end any more.
            guard load.story.pods[end.pod]?.contains(where: { $0.text == nil }) != true else {
                continue
            }
            let status = observed.first { $0.uid == end.uid }.map(\.status)
            let phase = try status.flatMap { try Document(json: $0)["status"]?["phase"]?.string }
            if phase != end.phase {
                let now = phase ?? "nothing"
                problems.append("\(end.pod) was told as \(end.phase), and is known as \(now)")
            }
        }
        return problems
    }

    /// Pods that were told to have ended for good before the cut, and ran again.
    private func ranAgain(after cut: PowerCut, _ logs: [String: Int]) -> [String] {
        load.toldEnds.filter { $0.position <= cut.position }
            .filter { !site.log(of: $0.pod, $0.uid, after: logs).isEmpty }
            .map { "\($0.pod) was told as \($0.phase), and ran again" }
    }

    // What was in the logs before the boot says nothing about it.
    private func logSizes() -> [String: Int] {
        var sizes: [String: Int] = [:]
        for path in everything(below: "\(site.place)/logs") {
            var facts = stat()
            if stat("\(site.place)/logs/\(path)", &facts) == 0 { sizes[path] = Int(facts.st_size) }
        }
        return sizes
    }

    /// Blobs whose bytes are not those of their name.
    private func wrongBlobs() throws -> [String] {
        let folder = "\(site.place)/state/images/blobs/sha256"
        return try folders(folder).filter {
            workshop.blobs[$0] != (try readBytes("\(folder)/\($0)"))
        }
        .map { "the blob \($0) is not what its name says" }
    }

    /// Files of roots that are not those of the image.
    private func wrongRoots(_ running: Set<String>) throws -> [String] {
        var roots = folders("\(site.place)/state/images/roots").map { "images/roots/\($0)" }
        for uid in running where uid.contains("rooted") {
            roots.append("pods/\(uid)/containers/main/rootfs")
        }
        var problems: [String] = []
        for root in roots {
            for (path, bytes) in workshop.rootFiles {
                let file = "\(site.place)/state/\(root)/\(path)"
                if (try? readBytes(file)) != bytes { problems.append("\(file) is not the image's") }
            }
        }
        return problems
    }

    private func databaseProblems() throws -> [String] {
        let path = "\(site.place)/state/state.db"
        var problems = folders("\(site.place)/state").filter { $0.contains("corrupt") }
            .map { "the daemon has set a damaged database aside: \($0)" }
        let (connection, opening) = try DatabaseOpening.forWriting(path, StoreLimits())
        if let damage = opening.damage { problems.append("the database is damaged: \(damage)") }
        let answer = try connection.row("PRAGMA integrity_check")?.first?.text
        if answer != "ok" { problems.append("integrity_check: \(answer ?? "nothing")") }
        return problems
    }
}
