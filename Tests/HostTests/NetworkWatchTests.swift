import Glibc
import TestKit
import Testing

@testable import Host

// Goal: the daemon hears when the network comes up. Method: a network of the test's own, in a namespace
// that one thread is in, and the programs that it starts.
@Suite("Network watch", .enabled(if: Requirement.mount.isMet, "\(Requirement.mount.comment)"))
struct NetworkWatchTests {
    @Test("what comes up rings, and what goes down does not")
    func rings() async throws {
        let (stream, steps) = try await withCheckedThrowingContinuation { continuation in
            EmptyNetwork.run {
                continuation.resume(
                    with: Result {
                        let stream = try NetworkWatch.arrivals()
                        // Safe to start here only: a child is in its parent thread's network.
                        let up = try run("ip", ["link", "set", "lo", "up"])
                        return (stream, [up])
                    }
                )
            }
        }
        #expect(steps.map(\.exitCode) == [0], "\(steps.map(\.standardError))")
        var rings = stream.makeAsyncIterator()
        // Ends: the kernel has told by the time that `ip` has ended, and one ring is kept.
        #expect(await rings.next() != nil)
    }

    @Test("a network in which nothing happens is silent")
    func silence() async throws {
        let brings = try await withCheckedThrowingContinuation { continuation in
            EmptyNetwork.run {
                continuation.resume(
                    with: Result {
                        let socket = OwnedDescriptor(try NetworkWatch.open())
                        let looked = try run("ip", ["link", "show"])
                        let first = NetworkWatch.hasArrived(socket)
                        let up = try run("ip", ["link", "set", "lo", "up"])
                        let second = NetworkWatch.hasArrived(socket)
                        let down = try run("ip", ["link", "set", "lo", "down"])
                        let third = NetworkWatch.hasArrived(socket)
                        #expect([looked, up, down].allSatisfy { $0.exitCode == 0 })
                        return [first, second, third]
                    }
                )
            }
        }
        #expect(brings == [false, true, false])
    }
}

// Swift's view of the C library leaves out what is Linux's own.
private let unshare = dlsym(nil, "unshare").map {
    unsafeBitCast($0, to: (@convention(c) (Int32) -> Int32).self)
}

/// A thread with a network in which even the loopback is down.
private final class EmptyNetwork: Sendable {
    private let body: @Sendable () -> Void

    private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    static func run(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(EmptyNetwork(body)).toOpaque()
        let code = pthread_create(
            &thread,
            nil,
            { context in
                // Source: linux/sched.h, CLONE_NEWNET. Only this thread leaves for another network.
                let problem = unshare?(0x4000_0000) ?? -1
                precondition(problem == 0, "no network of its own: errno \(errno)")
                if let context {
                    Unmanaged<EmptyNetwork>.fromOpaque(context).takeRetainedValue().body()
                }
                return nil
            },
            context
        )
        precondition(code == 0, "no thread")
        pthread_detach(thread)
    }
}
