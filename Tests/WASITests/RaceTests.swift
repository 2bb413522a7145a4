import Glibc
import TestKit
import Testing

@testable import WASI

// Goal: whoever wins the race between a path and a folder that becomes a link, nothing outside is
// reached, with openat2 and without. Method: another guest swaps the folder for a link to the parent
// all the time, while this one opens, makes, moves and removes through its name.
@Suite(
    "Paths while folders become links",
    .enabled(
        if: Requirement.clang.isMet && Requirement.programs.isMet,
        "\(Requirement.clang.comment); \(Requirement.programs.comment)"
    ),
    .timeLimit(.minutes(3))
)
struct RaceTests {
    private static let paths = ["place/secret", "place/../place/secret", "place/./secret"]

    @Test("nothing outside is read, made, moved or removed", arguments: [true, false])
    func swapped(usesOpenat2: Bool) async throws {
        try await Fixture.with { fixture in
            let folder = fixture.path("folder")
            for name in ["", "/place"] { mkdir(folder + name, 0o700) }
            symlink("..", folder + "/link")
            try writeFile(fixture.path("secret"), "outside")
            try writeFile(fixture.path("victim"), "outside")
            try writeFile(folder + "/place/secret", "within!")
            _ = try fixture.start(
                try GuestProgram.runner,
                [
                    "--dir", "\(folder)::/", try GuestProgram("race").modulePath, "swap",
                    "1000000000",
                ]
            )
            var configuration = WASIConfiguration(arguments: ["race"])
            configuration.folders = [.init(hostPath: folder, guestPath: "/")]
            configuration.usesOpenat2 = usesOpenat2
            let guest = try GuestCalls(configuration)
            var (within, refused) = (0, 0)
            // Both must have been met, or nothing was raced.
            for round in 0..<300_000 where round < 3_000 || within == 0 || refused == 0 {
                let path = Self.paths[round % Self.paths.count]
                switch try open(path, guest) {
                case nil: refused += 1
                case "within!": within += 1
                case let text?:
                    Issue.record("round \(round): \(path) holds \(text)")
                    return
                }
                try change(guest)
            }
            #expect(within > 0 && refused > 0)
            #expect(try readFile(fixture.path("victim")) == "outside")
            #expect(try readFile(fixture.path("secret")) == "outside")
            for name in ["made", "stolen", "kept"] {
                #expect(access(fixture.path(name), F_OK) != 0, "\(name) was made outside")
            }
        }
    }

    /// What a file holds; nil when it is refused.
    private func open(_ path: String, _ guest: GuestCalls) throws -> String? {
        guest.put(Array(path.utf8), at: 0)
        let length = UInt64(path.utf8.count)
        guard try guest.call("path_open", [3, 1, 0, length, 0, 2, 0, 0, 500]) == .success else {
            return nil
        }
        let number = UInt64(guest.number(at: 500))
        guest.put([0, 4, 0, 0, 7, 0, 0, 0], at: 600)
        let error = try guest.call("fd_read", [number, 600, 1, 700])
        #expect(try guest.call("fd_close", [number]) == .success)
        #expect(error == .success && guest.number(at: 700) == 7)
        return String(decoding: guest.bytes(at: 1_024, 7), as: UTF8.self)
    }

    /// Tries to make, move and remove behind the name; what comes of it depends on the race.
    private func change(_ guest: GuestCalls) throws {
        func put(_ path: String, _ address: UInt32) -> [UInt64] {
            guest.put(Array(path.utf8), at: address)
            return [UInt64(address), UInt64(path.utf8.count)]
        }
        let made = put("place/made", 0)
        if try guest.call("path_open", [3, 0] + made + [1, 66, 0, 0, 500]) == .success {
            _ = try guest.call("fd_close", [UInt64(guest.number(at: 500))])
        }
        _ = try guest.call("path_unlink_file", [3] + made)
        let victim = put("place/victim", 0)
        _ = try guest.call("path_unlink_file", [3] + victim)
        _ = try guest.call("path_rename", [3] + victim + [3] + put("stolen", 200))
        _ = try guest.call("path_link", [3, 0] + victim + [3] + put("kept", 200))
        _ = try guest.call("path_symlink", put("x", 0) + [3] + put("place/stolen", 200))
        _ = try guest.call("path_unlink_file", [3] + put("place/stolen", 200))
        _ = try guest.call("path_create_directory", [3] + put("place/kept", 200))
        _ = try guest.call("path_remove_directory", [3] + put("place/kept", 200))
    }
}
