internal import Host
internal import KubeModel
internal import Lifecycle
internal import Probes

/// A question that is to be put, with all that is known of whom it is put to.
struct Asked: Sendable {
    let check: Check
    let action: Probe.Action
    let timeoutNanoseconds: Int64
    let instance: Instance
    let pod: Pod
    let container: Container
}

/// How many questions are put at once.
struct CheckTurns: Sendable {
    // Why: each holds a socket for a second or so; a thousand pods with a probe every ten seconds need
    // fewer than this.
    let sockets = Turnstile(32)
    // Why: each is a process with a module in memory, beside the workloads of a small board.
    let programs = Turnstile(2)
}

// Probes and hooks: the questions that containers are asked, and how the answers come back.
extension Supervisor {
    // Why: the runner ends a program itself when its time is up; this is for one that cannot.
    private static let killAfterNanoseconds: Int64 = 5_000_000_000

    /// Does what a look at one pod has decided, and writes down only what has changed: most answers
    /// of a probe change nothing.
    func carryOut(
        _ actions: [NodeLifecycle.Action],
        after before: PodLifecycle?,
        of uid: String
    ) async {
        guard let before, let after = node.pods[uid], after.isRecordedAs(before) else {
            return await carryOut(actions, touching: [uid])
        }
        timers.set(uid, at: after.wakeAt)
        for action in actions { await carryOut(action) }
    }

    /// Puts a question, and posts the answer.
    nonisolated func put(_ asked: Asked) async {
        let answer: Check.Answer
        switch asked.check.kind {
        case .startup, .readiness, .liveness:
            let turns =
                if case .exec = asked.action { checkTurns.programs } else { checkTurns.sockets }
            answer = await turns.pass { await self.answer(to: asked) }
        case .postStart, .preStop:
            // Why without a turn: a hook may take as long as it wants, and a container has one.
            answer = await self.answer(to: asked)
        }
        let instance = asked.instance
        let event = ContainerLifecycle.Event.checked(asked.check, answer)
        post.yield(.answer(event, container: instance.container, uid: instance.uid))
    }

    private nonisolated func answer(to asked: Asked) async -> Check.Answer {
        switch asked.action {
        case .exec(let words): return await run(words, for: asked)
        case .tcpSocket(let port, let host):
            guard let number = asked.container.number(of: port) else { return .noPort(port) }
            return await prober.connect(
                host: await address(host, asked.pod),
                port: number,
                timeoutNanoseconds: asked.timeoutNanoseconds
            ).forLifecycle
        case .httpGet(let get):
            guard let number = asked.container.number(of: get.port) else {
                return .noPort(get.port)
            }
            let request = Prober.Request(
                path: get.path,
                headers: get.headers.map { ($0.name, $0.value) }
            )
            return await prober.get(
                request,
                host: await address(get.host, asked.pod),
                port: number,
                timeoutNanoseconds: asked.timeoutNanoseconds
            ).forLifecycle
        }
    }

    /// Where a question goes that names no host.
    private func address(_ host: String?, _ pod: Pod) -> String {
        host ?? podAddress(of: pod)?.description ?? "127.0.0.1"
    }

    /// Runs a program of the container's image beside it, held in as the container is.
    private nonisolated func run(_ words: [String], for asked: Asked) async -> Check.Answer {
        let workload: any Workload
        let (ends, told) = AsyncStream.makeStream(of: ProcessExit.self)
        do throws(ContainerLifecycle.Problem) {
            let setup = try await setup(asked.container, asked.pod, asked.instance)
            workload = try await workshop.run { [host] () throws(ContainerLifecycle.Problem) in
                let limit = UInt64(clamping: asked.timeoutNanoseconds)
                let command = try setup.prepare(beside: words, timeLimitNanoseconds: limit)
                return try inContext { () throws(HostError) in
                    try host.start(command, beside: asked.instance) {
                        told.yield($0)
                        told.finish()
                    }
                }
            }
        } catch {
            return .no("\(words.first ?? "the program") cannot be run: \(error.message)")
        }
        let (patience, overflow) = asked.timeoutNanoseconds.addingReportingOverflow(
            Self.killAfterNanoseconds
        )
        let exit = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let pause = Duration.nanoseconds(overflow ? .max : patience)
                if (try? await Task.sleep(for: pause)) != nil { workload.signal(9) }
            }
            defer { group.cancelAll() }
            for await exit in ends { return exit }
            return .unknown
        }
        return Self.answer(exit, asked.timeoutNanoseconds)
    }

    private static func answer(_ exit: ProcessExit, _ timeoutNanoseconds: Int64) -> Check.Answer {
        switch exit {
        case .exited(code: 0): .yes
        case .exited(let code): .no("command ended with exit code \(code)")
        case .signalled(let number): .no("command was ended by signal \(number)")
        case .unknown: .no("command ended, and nobody knows how")
        }
    }
}

extension Container {
    /// The number of a port that a probe names.
    func number(of port: Probe.PortReference) -> UInt16? {
        switch port {
        case .number(let number): number
        case .name(let name): ports.first { $0.name == name }?.containerPort
        }
    }
}

extension Check.Answer {
    fileprivate static func noPort(_ port: Probe.PortReference) -> Check.Answer {
        switch port {
        case .number(let number): .no("port \(number) cannot be asked")
        case .name(let name): .no("the container has no port of the name \(name)")
        }
    }
}

extension Prober.Answer {
    fileprivate var forLifecycle: Check.Answer {
        switch self {
        case .yes: .yes
        case .no(let reason): .no(reason)
        }
    }
}
