internal import CLinux
internal import Glibc
internal import Wasm

// This file is a fence: ppoll(2) gets an array of structures.

/// One thing that a guest waits for, and what came of it.
private struct Subscription {
    enum Kind {
        /// A moment of the monotonic clock.
        case clock(deadlineNanoseconds: UInt64)
        case descriptor(UInt32, isRead: Bool)
        case bad(ErrorNumber)
    }

    let userData: UInt64
    let type: UInt8
    let kind: Kind
    static let byteCount = 48
    static let eventByteCount = 32

    /// The 32 bytes of the `event` that answers it.
    func event(_ error: ErrorNumber, byteCount: UInt64 = 0, isHungUp: Bool = false) -> [UInt8] {
        var bytes = LittleEndianBytes()
        bytes.add(userData)
        bytes.add(error.rawValue)
        bytes.add(type)
        bytes.add(UInt8(0))
        bytes.add(UInt32(0))
        bytes.add(byteCount)
        bytes.add(UInt64(isHungUp ? 1 : 0))
        return bytes.bytes
    }
}

extension Preview1 {
    // Why: more than a guest can have descriptors; each costs 80 bytes here while it waits.
    private static let subscriptionsMax: UInt32 = 4_096

    /// `poll_oneoff`.
    func poll(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let count = call.i32(2)
        guard count > 0, count <= Self.subscriptionsMax else { throw .invalid }
        try buffers.check(call.i32(0), count * UInt32(Subscription.byteCount))
        var subscriptions: [Subscription] = []
        for index in 0..<Int(count) {
            let place = try GuestBuffers.address(
                call.i32(0),
                plus: index * Subscription.byteCount
            )
            subscriptions.append(try subscription(place, buffers))
        }
        // Before anything is waited for, so that a bad address costs no time.
        let room = Int(count) * Subscription.eventByteCount
        _ = try buffers.bytes(call.i32(1), UInt32(room))
        let events = try events(for: subscriptions)
        try buffers.store(events.flatMap(\.self), call.i32(1))
        try buffers.store(UInt32(events.count), call.i32(3))
    }

    private func subscription(
        _ place: UInt32,
        _ buffers: GuestBuffers
    ) throws(ErrorNumber) -> Subscription {
        func field<T: FixedWidthInteger & BitwiseCopyable>(
            _ type: T.Type,
            _ offset: Int
        ) throws(ErrorNumber) -> T {
            try buffers.load(type, try GuestBuffers.address(place, plus: offset))
        }
        let type = try field(UInt8.self, 8)
        let kind: Subscription.Kind
        switch type {
        case 0:
            kind = Self.clock(
                number: try field(UInt32.self, 16),
                timeout: try field(UInt64.self, 24),
                flags: try field(UInt16.self, 40)
            )
        case 1, 2: kind = .descriptor(try field(UInt32.self, 16), isRead: type == 1)
        default: throw .invalid
        }
        return Subscription(userData: try field(UInt64.self, 0), type: type, kind: kind)
    }

    private static func clock(number: UInt32, timeout: UInt64, flags: UInt16) -> Subscription.Kind {
        guard flags <= 1, let clock = GuestClock(rawValue: number),
            clock == .realtime || clock == .monotonic
        else { return .bad(.invalid) }
        let now = GuestClock.monotonic.nowNanoseconds
        var left = timeout
        if flags == 1 {
            let nowThere = clock.nowNanoseconds
            left = timeout > nowThere ? timeout - nowThere : 0
        }
        let (deadline, overflow) = now.addingReportingOverflow(left)
        return .clock(deadlineNanoseconds: overflow ? .max : deadline)
    }

    /// Waits until at least one is there to be told.
    private func events(for subscriptions: [Subscription]) throws(ErrorNumber) -> [[UInt8]] {
        var events: [[UInt8]] = []
        var waiting: [(subscription: Subscription, files: [HostFile])] = []
        var deadline: UInt64?
        for subscription in subscriptions {
            switch subscription.kind {
            case .clock(let nanoseconds): deadline = min(deadline ?? .max, nanoseconds)
            case .bad(let error): events.append(subscription.event(error))
            case .descriptor(let number, let isRead):
                do {
                    let entry = try pollable(number, isRead: isRead)
                    if let event = try ready(subscription, entry) {
                        events.append(event)
                    } else if case .host(let file) = entry.kind {
                        waiting.append((subscription, entry.socket?.sockets.map(\.file) ?? [file]))
                    }
                } catch {
                    events.append(subscription.event(error))
                }
            }
        }
        if !events.isEmpty { deadline = 0 } else { flush() }
        let files = waiting.flatMap { item in
            let wanted = Int16(item.subscription.type == 1 ? POLLIN : POLLOUT)
            return item.files.map { (file: $0, events: wanted) }
        }
        var answers = try wait(files, deadlineNanoseconds: deadline)[...]
        for item in waiting {
            let own = answers.prefix(item.files.count)
            answers = answers.dropFirst(own.count)
            let answer = own.reduce(0, |)
            guard answer != 0 else { continue }
            let isRead = item.subscription.type == 1
            events.append(
                item.subscription.event(
                    .success,
                    byteCount: isRead ? item.files.map(\.bytesWaiting).reduce(0, +) : 0,
                    isHungUp: answer & Int16(POLLHUP) != 0
                )
            )
        }
        let now = GuestClock.monotonic.nowNanoseconds
        for subscription in subscriptions {
            if case .clock(let nanoseconds) = subscription.kind, nanoseconds <= now {
                events.append(subscription.event(.success))
            }
        }
        return events
    }

    private func pollable(_ number: UInt32, isRead: Bool) throws(ErrorNumber) -> Descriptor {
        let entry = try table[number]
        let rights: Rights = [.poll, isRead ? .read : .write]
        guard entry.rights.isSuperset(of: rights) || entry.type == .directory else {
            throw .badDescriptor
        }
        guard entry.type != .directory else { throw .badDescriptor }
        return entry
    }

    /// The event of what never makes anyone wait; `nil` for what may.
    private func ready(
        _ subscription: Subscription,
        _ entry: Descriptor
    ) throws(ErrorNumber) -> [UInt8]? {
        if entry.isStandardInput, interruption?.hasHappened == true {
            return subscription.event(.success, isHungUp: true)
        }
        switch entry.kind {
        case .sink, .empty: return subscription.event(.success)
        case .host(let file):
            guard entry.type == .regularFile else { return nil }
            let size = try file.facts().byteCount
            let position = try file.seek(0, SEEK_CUR)
            let left = subscription.type == 1 && size > position ? size - position : 0
            return subscription.event(.success, byteCount: left)
        }
    }

    /// Waits for one of the files, the deadline, or an interruption.
    ///
    /// - Returns: For each file what the system said; all 0 when the deadline came first.
    /// - Throws: `interrupted`.
    func wait(
        _ files: [(file: HostFile, events: Int16)],
        deadlineNanoseconds: UInt64?
    ) throws(ErrorNumber) -> [Int16] {
        var list = files.map { item in
            pollfd(fd: item.file.withNumber { $0 }, events: item.events, revents: 0)
        }
        if let interruption {
            list.append(pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0))
        }
        // The files are kept open by the caller's array.
        defer { withExtendedLifetime(files) {} }
        while true {
            let now = GuestClock.monotonic.nowNanoseconds
            let left: Int64? = deadlineNanoseconds.map { deadline in
                deadline > now ? Int64(clamping: deadline - now) : 0
            }
            // Safety: the array holds as many structures as we say.
            let count = unsafe swiftlet_poll(&list, UInt(list.count), left ?? -1)
            if count < 0, errno != EINTR { throw .last }
            // A wait that ends at once is not one that can be interrupted.
            if left != 0, interruption?.take() == true { throw .interrupted }
            if count >= 0 {
                let answers = list.prefix(files.count).map(\.revents)
                if left == 0 || answers.contains(where: { $0 != 0 }) { return answers }
            }
        }
    }
}
