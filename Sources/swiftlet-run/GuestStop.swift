import Wasm

// This file is a fence: signal handlers read the store that was set before they could run.

/// Stops the guest in the middle of its own code.
enum GuestStop {
    // Safety: set once, before any of the guest runs; who sets it looks afterwards whether a handler came
    // earlier and found nothing to stop.
    nonisolated(unsafe) private static var store: Store?

    static func aim(at target: Store) { unsafe store = target }

    /// Async-signal-safe, as `Store.interrupt` is.
    static func stop() { unsafe store?.interrupt() }
}
