internal import CLinux
internal import Glibc

// This file is a fence: a thread of its own, and the semaphores between it and us.

/// The two files of a partial blob, and a thread that brings them to the disk while more bytes come.
///
/// One checkpoint at a time: the bytes are synced, then what is known of them is written and synced, so
/// that it never speaks of bytes that a power cut takes away.
struct PartialFiles: ~Copyable {
    // Why so little: three system calls.
    private static let stackByteCount = 128 * 1024

    private let both: BothFiles
    private var thread: UInt64?
    private var isBusy = false

    /// The bytes, and what is known of them; without the latter for a small blob, which is fetched again
    /// whole.
    init(data: consuming OpenFile, state: consuming OpenFile?) {
        both = BothFiles(data: data, state: state)
    }

    deinit {
        guard let thread else { return }
        // What is under way is still made: the thread takes its wishes in order.
        both.wish(nil)
        swiftlet_join_thread(thread)
    }

    /// Whether a state is kept at all.
    var keepsState: Bool { both.state != nil }

    /// Writes bytes behind those that are there.
    func append(_ bytes: [UInt8]) throws(ImageError) { try both.data.write(bytes) }

    /// At most `count` of the bytes that are there; none at the end.
    func read(_ count: Int) throws(ImageError) -> [UInt8] { try both.data.read(count) }

    /// Goes to a place in the bytes.
    func seek(to offset: Int64) throws(ImageError) { try both.data.seek(to: offset) }

    /// Cuts off all bytes from here on.
    func truncate(to byteCount: Int64) throws(ImageError) {
        try both.data.truncate(to: byteCount)
        try both.data.seek(to: byteCount)
    }

    /// Brings all bytes to the disk.
    func sync() throws(ImageError) { try both.data.sync() }

    /// Forgets for good what was known.
    func forgetState() throws(ImageError) {
        try both.state?.truncate(to: 0)
        try both.state?.sync()
    }

    /// Makes a checkpoint of all bytes that were written, and returns when it is on the disk.
    func save(_ slot: PartialRecord.Slot) throws(ImageError) { try both.save(slot) }

    /// Begins a checkpoint; none may be under way.
    ///
    /// Where there is no thread to be had it is made at once.
    mutating func begin(_ slot: PartialRecord.Slot) throws(ImageError) {
        precondition(!isBusy, "one checkpoint at a time")
        guard startThread() else { return try both.save(slot) }
        isBusy = true
        both.wish(slot)
    }

    /// Looks for the end of the checkpoint that is under way, or waits for it; answers whether none is any
    /// more.
    mutating func collect(waits: Bool) throws(ImageError) -> Bool {
        guard isBusy else { return true }
        guard both.isDone(waits: waits) else { return false }
        isBusy = false
        if let problem = both.problem { throw problem }
        return true
    }

    private mutating func startThread() -> Bool {
        if thread != nil { return true }
        var started: UInt64 = 0
        // Safety: the thread gets a reference of its own, which it takes over; nobody else has this one.
        let address = unsafe Unmanaged.passRetained(both).toOpaque()
        let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            guard let address = unsafe $0 else { return nil }
            unsafe Unmanaged<BothFiles>.fromOpaque(address).takeRetainedValue().run()
            return nil
        }
        guard unsafe swiftlet_start_thread(&started, Self.stackByteCount, run, address) == 0 else {
            unsafe Unmanaged<BothFiles>.fromOpaque(address).release()
            return false
        }
        thread = started
        return true
    }
}

/// What the thread and its owner share.
@safe
private final class BothFiles: @unchecked Sendable {
    let data: OpenFile
    let state: OpenFile?

    // Source: sem_overview(7). The thread waits for the first, its owner for the second.
    private let semaphores = UnsafeMutablePointer<sem_t>.allocate(capacity: 2)
    // Safety: from a wish until it is done these two are the thread's, at all other times its owner's; the
    // semaphores are the barriers.
    private var slot: PartialRecord.Slot?
    private(set) var problem: ImageError?

    init(data: consuming OpenFile, state: consuming OpenFile?) {
        self.data = data
        self.state = state
        // Safety: ours until deinit, which comes when neither thread has a reference any more.
        unsafe sem_init(semaphores, 0, 0)
        unsafe sem_init(semaphores + 1, 0, 0)
    }

    deinit {
        unsafe sem_destroy(semaphores)
        unsafe sem_destroy(semaphores + 1)
        unsafe semaphores.deallocate()
    }

    /// For the owner: a checkpoint, or with nothing the thread's end.
    func wish(_ slot: PartialRecord.Slot?) {
        // Who ends the thread does not touch what it may be at.
        guard let slot else { return end() }
        self.slot = slot
        problem = nil
        unsafe sem_post(semaphores)
    }

    /// For the owner: whether the last wish is fulfilled.
    func isDone(waits: Bool) -> Bool {
        // Safety: the semaphores live as long as this object.
        while unsafe (waits ? sem_wait(semaphores + 1) : sem_trywait(semaphores + 1)) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    func save(_ slot: PartialRecord.Slot) throws(ImageError) {
        try data.syncData()
        try state?.write(slot.bytes, at: slot.place)
        try state?.syncData()
    }

    func run() {
        // Ends: with a wish for nothing, which its owner's deinit makes.
        while true {
            while unsafe sem_wait(semaphores) != 0 {}
            guard let slot else { return }
            do throws(ImageError) { try save(slot) } catch { problem = error }
            self.slot = nil
            unsafe sem_post(semaphores + 1)
        }
    }

    /// A post with no wish: after what is under way the thread finds nothing, and ends.
    private func end() { unsafe sem_post(semaphores) }
}
