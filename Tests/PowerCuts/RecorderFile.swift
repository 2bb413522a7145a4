import Glibc
import TestKit
import Testing

/// The file that recorded programs share: their log, and words through which a test stops them or lets
/// their writes fail.
final class RecorderFile {
    let path: String
    private let descriptor: Int32

    // Source: `Recorder/recorder.h`, as for the words.
    /// Where the entries begin.
    static let firstEntry = 4_096

    private enum Word: Int {
        case used = 8
        case faultKinds = 32
        case faultErrno = 40
        case faultFirst = 48
        case faultLast = 56
        case counted = 64
        case failed = 72
        case freeze = 80
        case entered = 88
        case left = 96
    }

    /// Makes an empty one; its bytes are holes until they are used.
    init(path: String, byteCount: Int = Recording.byteCountMax) throws {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0, ftruncate(descriptor, byteCount) == 0 else {
            throw TestKitError(message: "cannot make \(path): errno \(errno)")
        }
        // Runners write as users of their own.
        fchmod(descriptor, 0o666)
    }

    deinit { close(descriptor) }

    /// What a program gets to be recorded.
    func environment(library: String, roots: [String]) -> [String: String] {
        [
            "LD_PRELOAD": library, "POWERCUTS_LOG": path,
            "POWERCUTS_ROOTS": roots.joined(separator: ":"),
        ]
    }

    /// What is written down so far.
    ///
    /// - Throws: What is wrong with it.
    func recording() throws -> Recording {
        var bytes = [UInt8](repeating: 0, count: max(Self.firstEntry, Int(self[.used])))
        guard pread(descriptor, &bytes, bytes.count, 0) == bytes.count else {
            throw TestKitError(message: "cannot read \(path): errno \(errno)")
        }
        return try Recording(bytes)
    }

    /// Changes so far that a fault could have hit.
    var countedChanges: UInt64 { self[.counted] }
    /// Changes that failed.
    var failedChanges: UInt64 { self[.failed] }

    /// Lets changes fail: the `first` from now on, to the `last`; 1 is the very next.
    func fail(_ fault: Fault, from first: UInt64, to last: UInt64) {
        let counted = self[.counted]
        self[.faultErrno] = UInt64(fault.number)
        self[.faultLast] = last == .max ? .max : counted + last
        self[.faultFirst] = counted + first
        self[.faultKinds] = fault.kinds
    }

    /// Counts what could fail, and lets nothing fail.
    func count(_ fault: Fault) { self[.faultKinds] = fault.kinds }

    /// Lets everything succeed again.
    func heal() { self[.faultFirst] = 0 }

    /// Stops every recorded program at its next change, and waits until none is in the middle of one.
    func freeze() async throws {
        self[.freeze] = 1
        try await eventually("no change is under way") { self[.entered] == self[.left] }
    }

    /// Lets the programs go on.
    func thaw() { self[.freeze] = 0 }

    private subscript(_ word: Word) -> UInt64 {
        get {
            var value: UInt64 = 0
            return pread(descriptor, &value, 8, word.rawValue) == 8 ? value : 0
        }
        set {
            var value = newValue
            pwrite(descriptor, &value, 8, word.rawValue)
        }
    }
}

/// What goes wrong with a disk.
struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let number: Int32
    /// 1: data, 2: syncs, 4: names.
    let kinds: UInt64

    /// No space for data or new names.
    static let full = Fault(name: "ENOSPC", number: ENOSPC, kinds: 5)
    /// The device gives errors for data, syncs and names.
    static let broken = Fault(name: "EIO", number: EIO, kinds: 7)

    var testDescription: String { name }
}
