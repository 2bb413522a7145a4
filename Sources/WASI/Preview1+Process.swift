internal import Glibc
internal import Wasm

// Words, clocks, and the processor.
extension Preview1 {
    func argumentWords(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try put(arguments, call, buffers)
    }

    func argumentSizes(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try putSizes(arguments, call, buffers)
    }

    func environmentWords(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try put(environment, call, buffers)
    }

    func environmentSizes(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try putSizes(environment, call, buffers)
    }

    /// `args_get`, `environ_get`: a table of addresses, and the words that they point to.
    private func put(
        _ words: [[UInt8]],
        _ call: HostCall,
        _ buffers: GuestBuffers
    ) throws(ErrorNumber) {
        var place = call.i32(0)
        var text = call.i32(1)
        for word in words {
            try buffers.store(text, place)
            try buffers.store(word, text)
            place = try GuestBuffers.address(place, plus: 4)
            text = try GuestBuffers.address(text, plus: word.count)
        }
    }

    /// `args_sizes_get`, `environ_sizes_get`.
    private func putSizes(
        _ words: [[UInt8]],
        _ call: HostCall,
        _ buffers: GuestBuffers
    ) throws(ErrorNumber) {
        let byteCount = words.reduce(0) { $0 + $1.count }
        guard let count = UInt32(exactly: words.count), let bytes = UInt32(exactly: byteCount)
        else { throw .overflow }
        try buffers.store(count, call.i32(0))
        try buffers.store(bytes, call.i32(1))
    }

    func clockResolution(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let clock = try GuestClock(call.i32(0))
        try buffers.store(clock.resolutionNanoseconds, call.i32(1))
    }

    func clockTime(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let clock = try GuestClock(call.i32(0))
        try buffers.store(clock.nowNanoseconds, call.i32(2))
    }

    func random(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try buffers.fillRandom(call.i32(0), call.i32(1))
    }

    func yield(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) { sched_yield() }

    /// `proc_exit` is a trap, made where functions are run: it alone does not return.
    func exit(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {}

    func raise(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        throw .noSystemCall
    }
}
