import Host
import TestKit
import Testing

@testable import Supervisor

// Goal: a program beside a run ends with its own code and leaves no trace of a run. Method: real
// processes in the place of the runner.
@Suite("Programs beside a run")
struct BesideTests {
    private static let run = Instance(uid: "uid-1", container: "main", attempt: 1)

    private func end(of program: String) async throws -> ProcessExit {
        try await Fixture.with { fixture in
            let layout = DirectoryLayout(
                state: fixture.directory,
                run: fixture.directory,
                logs: fixture.directory,
                layouts: fixture.directory
            )
            let host = ProcessWorkloadHost(layout: layout, runner: program)
            let (ends, told) = AsyncStream.makeStream(of: ProcessExit.self)
            let command = RunnerCommand(modulePath: "/app.wasm")
            let workload = try host.start(command, beside: Self.run) {
                told.yield($0)
                told.finish()
            }
            #expect(workload.processID > 0)
            var all: [ProcessExit] = []
            for await exit in ends { all.append(exit) }
            #expect(all.count == 1)
            #expect(host.attempts(ofContainer: "main", in: "uid-1").isEmpty)
            #expect(!host.isAlive(Self.run) && host.exitRecord(Self.run) == nil)
            return all.first ?? .unknown
        }
    }

    @Test("its exit code is told, once")
    func codes() async throws {
        #expect(try await end(of: "/bin/true") == .exited(code: 0))
        #expect(try await end(of: "/bin/false") == .exited(code: 1))
    }

    @Test("a program that is not there is an error")
    func missing() async throws {
        await #expect(throws: HostError.self) { _ = try await end(of: "/no/such/program") }
    }

    @Test("so many go through at once and no more, and all get their turn")
    func turns() async {
        let turnstile = Turnstile(3)
        let gauge = Gauge()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await turnstile.pass {
                        await gauge.enter()
                        for _ in 0..<10 { await Task.yield() }
                        await gauge.leave()
                    }
                }
            }
        }
        let (count, most) = await (gauge.count, gauge.most)
        #expect(count == 50)
        #expect(most <= 3 && most >= 1)
    }
}

private actor Gauge {
    private var inside = 0
    private(set) var most = 0
    private(set) var count = 0

    func enter() {
        inside += 1
        count += 1
        most = max(most, inside)
    }

    func leave() { inside -= 1 }
}
