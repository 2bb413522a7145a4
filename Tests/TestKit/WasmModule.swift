/// WebAssembly modules small enough to write by hand, so that these tests need no compiler.
///
/// Source: WebAssembly core specification, 5 (binary format); WASI preview 1.
public enum WasmModule {
    /// Prints a line of text and ends well.
    public static func printing(_ text: String) -> [UInt8] {
        module(code: write(count: text.utf8.count + 1) + [0x0B], text: text + "\n")
    }

    /// Ends at once with an exit code.
    public static func exiting(_ code: UInt8) -> [UInt8] {
        module(code: [0x41] + signed(Int32(code)) + [0x10, 2, 0x0B], text: "")
    }

    /// Prints a line every 50 ms until it is stopped.
    public static func ticking(_ text: String = "tick") -> [UInt8] {
        // loop: write, sleep, again.
        let body = joined(
            [0x03, 0x40],
            write(count: text.utf8.count + 1),
            sleep(),
            [0x0C, 0, 0x0B, 0x0B]
        )
        return module(code: body, text: text + "\n")
    }

    /// The same module with a custom section of so many bytes, which nobody reads.
    public static func padded(_ module: [UInt8], _ byteCount: Int) -> [UInt8] {
        var length = byteCount + 2
        var head: [UInt8] = [0]
        while length >= 128 {
            head.append(UInt8(length & 127) | 128)
            length >>= 7
        }
        let name = [1, UInt8(ascii: "x")]
        return module + head + [UInt8(length)] + name + [UInt8](repeating: 7, count: byteCount)
    }

    /// Decodes, but its body adds what is not there: it must be refused, with the byte's place.
    public static var invalid: [UInt8] { module(code: [0x6A, 0x1A, 0x0B], text: "") }

    private static let textAddress: Int32 = 256
    private static let subscriptionAddress: Int32 = 64

    // fd_write(1, list at 0, 1 entry, count to 8); the list names the text.
    private static func write(count: Int) -> [UInt8] {
        let length = signed(Int32(count))
        return joined(
            [0x41, 0, 0x41],
            signed(textAddress),
            [0x36, 2, 0],  // i32.store [0]
            [0x41, 4, 0x41],
            length,
            [0x36, 2, 0],  // i32.store [4]
            [0x41, 1, 0x41, 0, 0x41, 1, 0x41, 8, 0x10, 0, 0x1A]
        )
    }

    // poll_oneoff(subscription, event at 128, 1, count to 16): the monotonic clock, 50 ms.
    private static func sleep() -> [UInt8] {
        let address = signed(subscriptionAddress)
        return joined(
            [0x41],
            address,
            [0x41, 1, 0x36, 2, 16],  // clock id
            [0x41],
            address,
            [0x42],
            signed(50_000_000),
            [0x37, 3, 24],  // time-out
            [0x41],
            address,
            [0x41],
            signed(128),
            [0x41, 1, 0x41, 16, 0x10, 1, 0x1A]
        )
    }

    private static func module(code: [UInt8], text: String) -> [UInt8] {
        let four: [UInt8] = [0x60, 4, 0x7F, 0x7F, 0x7F, 0x7F, 1, 0x7F]
        let types = section(1, joined([3], four, [0x60, 0, 0], [0x60, 1, 0x7F, 0]))
        let imports = section(
            2,
            joined(
                [3],
                imported("fd_write", 0),
                imported("poll_oneoff", 0),
                imported("proc_exit", 2)
            )
        )
        let functions = section(3, [1, 1])
        let memories = section(5, [1, 0, 1])
        let exports = section(7, joined([2], name("memory"), [2, 0], name("_start"), [0, 3]))
        let body = [0] + code
        let codes = section(10, [1] + unsigned(body.count) + body)
        let bytes = Array(text.utf8)
        let data = section(
            11,
            joined([1, 0, 0x41], signed(textAddress), [0x0B], unsigned(bytes.count), bytes)
        )
        let head: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]
        return joined(head, types, imports, functions, memories, exports, codes, data)
    }

    // Why not a sum: older compilers take minutes to find the type of a long one.
    private static func joined(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

    private static func imported(_ function: String, _ type: UInt8) -> [UInt8] {
        name("wasi_snapshot_preview1") + name(function) + [0, type]
    }

    private static func section(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        [number] + unsigned(content.count) + content
    }

    private static func name(_ text: String) -> [UInt8] {
        unsigned(text.utf8.count) + Array(text.utf8)
    }

    private static func unsigned(_ number: Int) -> [UInt8] {
        var rest = number
        var bytes: [UInt8] = []
        repeat {
            bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }

    private static func signed(_ number: Int32) -> [UInt8] {
        var rest = number
        var bytes: [UInt8] = []
        while true {
            let byte = UInt8(truncatingIfNeeded: rest & 0x7F)
            rest >>= 7
            let isLast = (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0)
            bytes.append(isLast ? byte : byte | 0x80)
            if isLast { return bytes }
        }
    }
}
