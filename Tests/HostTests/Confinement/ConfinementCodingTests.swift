import Host
import TestKit
import Testing

// Goal: what the daemon wants given up arrives whole, or not at all. Method: round trips, and damage.
@Suite("a confinement on its way")
struct ConfinementCodingTests {
    private static var everything: Confinement {
        var confinement = Confinement()
        confinement.user = .init(id: 1_000, group: 2_000, supplementaryGroups: [3, 4_294_967_294])
        confinement.places = [
            .init("/a:b=c", .read), .init("/var/log", .write),
            .init("/etc/hosts", .read, isOptional: true),
        ]
        confinement.listeningPorts = [80, 65_535]
        confinement.connectingPorts = []
        confinement.isScoped = true
        confinement.leavesStandardError = true
        confinement.rulesDescriptor = 5
        confinement.filterDescriptor = 4
        confinement.dropsBoundingSet = true
        confinement.openFilesMax = 64
        confinement.processesMax = 0
        confinement.fileBytesMax = 1 << 40
        confinement.dataBytesMax = 1 << 28
        confinement.outOfMemoryScore = -997
        confinement.controlGroup = "/sys/fs/cgroup/x"
        return confinement
    }

    @Test("everything arrives as it was sent, alone and in a runner's command")
    func roundTrip() throws {
        for wanted in [Self.everything, Confinement()] {
            #expect(try Confinement(encoded: wanted.encoded()) == wanted)
            var command = RunnerCommand(modulePath: "/m.wasm", arguments: ["m"])
            command.confinement = wanted
            #expect(try RunnerCommand(encoded: command.encoded()) == command)
        }
        let plain = RunnerCommand(modulePath: "/m.wasm")
        #expect(try RunnerCommand(encoded: plain.encoded()).confinement == nil)
    }

    @Test("no places at all is not the same as no rule for places")
    func empty() throws {
        var none = Confinement()
        none.places = []
        #expect(try Confinement(encoded: none.encoded()).places == [])
        #expect(try Confinement(encoded: Confinement().encoded()).places == nil)
    }

    @Test(
        "an entry that is not understood stops the whole: a right would not be given up",
        arguments: [
            "confine.nonsense=1", "confine.group=1", "confine.supplementaryGroup=1",
            "confine.user=-1", "confine.user=4294967296", "confine.place=ro:/",
            "confine.files=1\0confine.place=rx:/", "confine.files=1\0confine.place=/",
            "confine.listening=65536", "confine.listening=a", "confine.openFilesMax=",
            "confine.filterDescriptor=99999999999", "other=1", "nothing",
        ]
    )
    func refused(text: String) {
        #expect(throws: HostError.self) { try Confinement(encoded: Array(text.utf8) + [0]) }
    }

    @Test("a path with a zero byte is not sent")
    func zeroByte() {
        var confinement = Confinement()
        confinement.places = [.init("/a\0b", .write)]
        #expect(throws: HostError.self) { try confinement.encoded() }
    }

    @Test("damaged bytes are an error or another confinement, never a crash")
    func damage() throws {
        var generator = SeededGenerator(seed: 4)
        let bytes = try Self.everything.encoded()
        for _ in 0..<2_000 { _ = try? Confinement(encoded: generator.mutated(bytes)) }
    }

    @Test("only so many places are taken")
    func bound() {
        var confinement = Confinement()
        confinement.places = Array(repeating: .init("/", .read), count: 513)
        #expect(throws: HostError.self) { try Confinement(encoded: confinement.encoded()) }
    }

    @Test("names are resolved with files that may be missing")
    func names() {
        var confinement = Confinement()
        confinement.allowNameResolution()
        #expect(confinement.places == nil)
        confinement.places = [.init("/srv", .write)]
        confinement.allowNameResolution()
        let added = (confinement.places ?? []).dropFirst()
        #expect(added.contains(.init("/etc/resolv.conf", .read, isOptional: true)))
        #expect(added.allSatisfy { $0.access == .read && $0.isOptional })
    }
}
