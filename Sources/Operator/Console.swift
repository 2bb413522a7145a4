/// Where a command writes: answers to one side, remarks about them to the other.
///
/// A value of closures, so that tests collect what the program prints.
public struct Console: Sendable {
    /// Takes bytes for standard output.
    private let writeOutput: @Sendable ([UInt8]) -> Bool
    /// Takes bytes for standard error.
    private let writeRemark: @Sendable ([UInt8]) -> Void
    /// The wall clock in nanoseconds since 1970, as this machine believes it.
    public let now: @Sendable () -> Int64

    /// A console that hands bytes on.
    ///
    /// `output` answers whether somebody still reads; `now` is asked for ages and for new objects.
    public init(
        output: @escaping @Sendable ([UInt8]) -> Bool,
        remark: @escaping @Sendable ([UInt8]) -> Void,
        now: @escaping @Sendable () -> Int64
    ) {
        self.writeOutput = output
        self.writeRemark = remark
        self.now = now
    }

    /// The same console with a name in front of every line: one of several nodes speaks.
    func named(_ name: String) -> Console {
        @Sendable func marked(_ bytes: [UInt8]) -> [UInt8] {
            let front = Array("\(name): ".utf8)
            var lines: [UInt8] = []
            for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: true) {
                lines += front + line + [0x0A]
            }
            return lines
        }
        return Console(
            output: { [writeOutput] in writeOutput(marked($0)) },
            remark: { [writeRemark] in writeRemark(marked($0)) },
            now: now
        )
    }

    /// Writes bytes as they are: a workload's own output.
    ///
    /// Answers `false` when nobody reads any more.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool { writeOutput(bytes) }

    /// Writes one answer and ends its line.
    public func line(_ text: String) {
        _ = writeOutput(Array((text + "\n").utf8))
    }

    /// Writes text that ends its own lines.
    func text(_ text: String) {
        _ = writeOutput(Array(text.utf8))
    }

    /// Says something about the answers, where it does not get in the way of a pipe.
    public func remark(_ text: String) {
        writeRemark(Array((text + "\n").utf8))
    }
}
