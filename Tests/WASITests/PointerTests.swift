import Glibc
import TestKit
import Testing
import Wasm

@testable import WASI

// Goal: no address, count or length that a guest can pass does anything but give an error number.
// Method: a guest without a program calls every function of both tables, first with each address in
// turn beyond its memory while all else is good, then with random arguments.
@Suite("Addresses outside of a guest's memory", .timeLimit(.minutes(2)))
struct PointerTests {
    /// A call that succeeds, and which of its arguments are addresses, or counts behind addresses.
    struct Good: CustomTestStringConvertible {
        let name: String
        let arguments: [UInt64]
        /// The places of the arguments that are addresses.
        let addresses: [Int]
        /// The place of the argument that counts bytes or entries behind an address.
        var counts: [Int] = []

        var testDescription: String { name }
    }

    // Where things lie: a path `a` at 0, a list of one buffer (100, 8 bytes) at 16, room from 200 on.
    private static let path: UInt64 = 0
    private static let vectors: UInt64 = 16
    private static let room: UInt64 = 200
    private static let folder: UInt64 = 3
    private static let file: UInt64 = 4

    static let good: [Good] = [
        .init(name: "args_get", arguments: [room, 300], addresses: [0, 1]),
        .init(name: "args_sizes_get", arguments: [room, 300], addresses: [0, 1]),
        .init(name: "environ_get", arguments: [room, 300], addresses: [0, 1]),
        .init(name: "environ_sizes_get", arguments: [room, 300], addresses: [0, 1]),
        .init(name: "clock_res_get", arguments: [0, room], addresses: [1]),
        .init(name: "clock_time_get", arguments: [0, 0, room], addresses: [2]),
        .init(name: "random_get", arguments: [room, 8], addresses: [0], counts: [1]),
        .init(name: "poll_oneoff", arguments: [1_024, 2_048, 1, room], addresses: [0, 1, 3]),
        .init(name: "fd_fdstat_get", arguments: [file, room], addresses: [1]),
        .init(name: "fd_filestat_get", arguments: [file, room], addresses: [1]),
        .init(name: "fd_read", arguments: [file, vectors, 1, room], addresses: [1, 3]),
        .init(name: "fd_pread", arguments: [file, vectors, 1, 0, room], addresses: [1, 4]),
        .init(name: "fd_write", arguments: [file, vectors, 1, room], addresses: [1, 3]),
        .init(name: "fd_pwrite", arguments: [file, vectors, 1, 0, room], addresses: [1, 4]),
        .init(name: "fd_seek", arguments: [file, 0, 0, room], addresses: [3]),
        .init(name: "fd_tell", arguments: [file, room], addresses: [1]),
        .init(name: "fd_prestat_get", arguments: [folder, room], addresses: [1]),
        .init(name: "fd_prestat_dir_name", arguments: [folder, room, 7], addresses: [1]),
        .init(
            name: "fd_readdir",
            arguments: [folder, room, 4_096, 0, 190],
            addresses: [1, 4],
            counts: [2]
        ),
        .init(name: "path_create_directory", arguments: [folder, path, 1], addresses: [1]),
        .init(
            name: "path_filestat_get",
            arguments: [folder, 0, path, 1, room],
            addresses: [2, 4],
            counts: [3]
        ),
        .init(
            name: "path_filestat_set_times",
            arguments: [folder, 0, path, 1, 0, 0, 0],
            addresses: [2],
            counts: [3]
        ),
        .init(
            name: "path_link",
            arguments: [folder, 0, path, 1, folder, path, 1],
            addresses: [2, 5]
        ),
        .init(
            name: "path_open",
            arguments: [folder, 0, path, 1, 0, 2, 0, 0, room],
            addresses: [2, 8],
            counts: [3]
        ),
        .init(
            name: "path_readlink",
            arguments: [folder, path, 1, room, 8, 300],
            addresses: [1, 3, 5],
            counts: [2]
        ),
        .init(name: "path_remove_directory", arguments: [folder, path, 1], addresses: [1]),
        .init(
            name: "path_rename",
            arguments: [folder, path, 1, folder, path, 1],
            addresses: [1, 4]
        ),
        .init(name: "path_symlink", arguments: [path, 1, folder, path, 1], addresses: [0, 3]),
        .init(name: "path_unlink_file", arguments: [folder, path, 1], addresses: [1]),
    ]

    private func guest(
        _ folder: String,
        functions: [Preview1Function] = Preview1Function.all
    ) throws -> GuestCalls {
        var configuration = WASIConfiguration(arguments: ["program"], environment: ["A=1"])
        configuration.folders = [.init(hostPath: folder, guestPath: "/folder")]
        configuration.standardInput = nil
        // Nothing that a random call writes shall reach the log of the tests.
        configuration.standardOutput = .sink(Swallow())
        configuration.standardError = .sink(Swallow())
        let calls = try GuestCalls(configuration, functions: functions)
        refill(calls)
        return calls
    }

    private func refill(_ calls: GuestCalls) {
        var list = LittleEndianBytes()
        list.add(UInt32(100))
        list.add(UInt32(8))
        calls.put(list.bytes, at: 16)
        calls.put([0x61], at: 0)
        // A subscription to the monotonic clock, at once.
        calls.put([UInt8](repeating: 0, count: 48), at: 1_024)
        calls.put([1], at: 1_024 + 16)
    }

    /// Makes `a`: a link for the one function that wants one, else a file.
    private func prepare(_ folder: String, _ calls: GuestCalls, _ name: String) throws {
        if name == "path_readlink" {
            symlink("target", folder + "/a")
        } else {
            try writeFile(folder + "/a", "content")
            #expect(try calls.call("path_open", [3, 0, 0, 1, 0, .max, 0, 0, 200]) == .success)
        }
    }

    @Test("an address beyond the end is a fault, whichever it is", arguments: good)
    func faults(good: Good) throws {
        let end = UInt64(GuestCalls.memoryBytes)
        try withScratchDirectory { folder in
            let calls = try guest(folder)
            try prepare(folder, calls, good.name)
            for place in good.addresses {
                for bad in [end, end + 1, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFF0] {
                    refill(calls)
                    var arguments = good.arguments
                    arguments[place] = bad
                    // One word has two addresses: the second is used only with the first.
                    let error = try calls.call(good.name, arguments)
                    #expect(error == .fault, "argument \(place) is \(bad)")
                }
            }
        }
    }

    @Test("something that starts in memory and ends beyond it is a fault too", arguments: good)
    func straddling(good: Good) throws {
        // One byte fits there; what has only one, a path or a name, is not asked.
        let last = UInt64(GuestCalls.memoryBytes) - 1
        try withScratchDirectory { folder in
            let calls = try guest(folder)
            try prepare(folder, calls, good.name)
            for place in good.addresses {
                var arguments = good.arguments
                let isPath = arguments[place] == Self.path && arguments.count > place + 1
                if isPath { continue }
                arguments[place] = last
                #expect(try calls.call(good.name, arguments) == .fault, "argument \(place)")
            }
        }
    }

    @Test(
        "huge counts are refused before anything is read",
        arguments: good.filter { !$0.counts.isEmpty }
    )
    func counts(good: Good) throws {
        try withScratchDirectory { folder in
            let calls = try guest(folder)
            try prepare(folder, calls, good.name)
            for place in good.counts {
                for count in [UInt64(GuestCalls.memoryBytes), 0x7FFF_FFFF, 0xFFFF_FFFF] {
                    var arguments = good.arguments
                    arguments[place] = count
                    let error = try calls.call(good.name, arguments)
                    #expect(error == .fault || error == .nameTooLong, "\(count)")
                }
            }
        }
    }

    @Test(
        "a list with too many buffers is invalid, and one with a bad buffer a fault",
        arguments: ["fd_read", "fd_write", "fd_pread", "fd_pwrite"]
    )
    func vectors(name: String) throws {
        try withScratchDirectory { folder in
            let calls = try guest(folder)
            try prepare(folder, calls, name)
            let isPositioned = name.dropFirst(3).first == "p"
            func ask(_ list: UInt64, _ count: UInt64) throws -> ErrorNumber {
                try calls.call(
                    name,
                    isPositioned ? [4, list, count, 0, 200] : [4, list, count, 200]
                )
            }
            for count in [1_025, 0x1FFF_FFFF, 0x2000_0000, 0xFFFF_FFFF] as [UInt64] {
                #expect(try ask(16, count) == .invalid, "\(count)")
            }
            // The list itself runs out of memory.
            #expect(try ask(UInt64(GuestCalls.memoryBytes) - 8, 2) == .fault)
            for (address, count) in [
                (GuestCalls.memoryBytes, 1), (0xFFFF_FFFF, 0xFFFF_FFFF), (1, 0xFFFF_FFFF),
                (GuestCalls.memoryBytes - 1, 2),
            ] as [(UInt32, UInt32)] {
                var list = LittleEndianBytes()
                list.add(address)
                list.add(count)
                calls.put(list.bytes, at: 16)
                #expect(try ask(16, 1) == .fault, "\(address) \(count)")
            }
            #expect(try ask(16, 0) == .success)
        }
    }

    @Test(
        "random arguments never trap, in either table",
        arguments: [Preview1Function.all]
            + Preview1Function.wasmEdge.map { [$0] }
    )
    func random(functions: [Preview1Function]) throws {
        let interesting: [UInt64] = [
            0, 1, 2, 3, 4, 5, 8, 16, 127, 128, 1_023, 1_024, 4_095, 4_096, 65_535, 65_536,
            UInt64(GuestCalls.memoryBytes) - 8, UInt64(GuestCalls.memoryBytes), 0x7FFF_FFFF,
            0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFF8, 1 << 32, 1 << 63, .max, .max - 7,
        ]
        // They may wait or ask the network, or have no result.
        let left: Set<String> = ["poll_oneoff", "epoll_oneoff", "proc_exit"]
        try withScratchDirectory { folder in
            var random = SeededGenerator(seed: 11)
            let asked = functions.filter { !left.contains($0.name) }
            let calls = try guest(folder, functions: functions)
            for _ in 0..<(asked.count * 150) {
                let function = try #require(asked.randomElement(using: &random))
                let arguments = function.type.parameters.indices.map { place in
                    // The first is a descriptor more often than not.
                    place == 0 && Bool.random(using: &random)
                        ? UInt64.random(in: 0...6, using: &random)
                        : interesting.randomElement(using: &random) ?? 0
                }
                // What matters is that it returns.
                _ = try calls.call(function.name, arguments)
                if Int.random(in: 0..<20, using: &random) == 0 {
                    calls.put(random.bytes(64), at: UInt32.random(in: 0..<4_000, using: &random))
                }
            }
        }
    }

    @Test("subscriptions that lie outside, that are too many, or of no kind")
    func poll() throws {
        try withScratchDirectory { folder in
            let calls = try guest(folder)
            let end = UInt64(GuestCalls.memoryBytes)
            let table: [(arguments: [UInt64], error: ErrorNumber)] = [
                ([1_024, 2_048, 0, 200], .invalid), ([1_024, 2_048, 4_097, 200], .invalid),
                ([1_024, 2_048, 0xFFFF_FFFF, 200], .invalid), ([end - 47, 2_048, 1, 200], .fault),
                ([1_024, end - 31, 1, 200], .fault), ([1_024, 2_048, 1, end - 3], .fault),
                ([1_024, 2_048, 4_096, 200], .fault), ([1_024, 2_048, 1, 200], .success),
            ]
            for row in table {
                #expect(try calls.call("poll_oneoff", row.arguments) == row.error, "\(row)")
            }
            calls.put([3], at: 1_024 + 8)
            #expect(try calls.call("poll_oneoff", [1_024, 2_048, 1, 200]) == .invalid)
        }
    }
}

/// Takes what is written, and forgets it.
private final class Swallow: OutputSink {
    func write(_ bytes: [UInt8]) {}
    func flush() {}
}
