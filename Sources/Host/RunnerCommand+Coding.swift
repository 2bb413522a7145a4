extension RunnerCommand {
    // Why: Linux hands a program 2 MiB of arguments and environment; this is room for twice that.
    /// Bytes of the longest command that is read.
    public static let encodedBytesMax = 4 << 20
    private static let what = "runner command"

    /// The bytes for `--flags-fd`.
    ///
    /// Throws ``HostError/malformed(path:reason:)`` when a text holds a zero byte.
    public func encoded() throws(HostError) -> [UInt8] {
        var entries = [("module", modulePath), ("workingDirectory", workingDirectory)]
        entries += arguments.map { ("argument", $0) }
        entries += environment.map { ("environment", $0) }
        for directory in directories {
            entries.append(("directory", directory.host))
            entries.append(("directoryGuest", directory.guest))
            entries.append(("directoryReadOnly", directory.isReadOnly ? "1" : "0"))
        }
        func add(_ key: String, _ value: String?) {
            if let value { entries.append((key, value)) }
        }
        add("invoke", invoke)
        add("memoryLimitBytes", memoryLimitBytes.map { "\($0)" })
        add("timeLimitNanoseconds", timeLimitNanoseconds.map { "\($0)" })
        add("fuel", fuel.map { "\($0)" })
        add("processorMillicoresMax", processorMillicoresMax.map { "\($0)" })
        add("processorMillicoresWanted", processorMillicoresWanted.map { "\($0)" })
        add("logFile", logFile)
        add("logFileBytesMax", "\(logFileBytesMax)")
        add("logFilesMax", "\(logFilesMax)")
        add("instanceFile", instanceFile)
        add("bootID", bootID)
        add("exitRecordFile", exitRecordFile)
        add("watcherProcessID", watcherProcessID.map { "\($0)" })
        add("admitted", isAdmitted ? "1" : "0")
        entries += network.entries
        entries += (confinement?.entries ?? []).map { ($0.key, $0.value) }
        var bytes: [UInt8] = []
        for (key, value) in entries {
            guard !value.utf8.contains(0) else {
                throw .malformed(path: Self.what, reason: "\(key) holds a zero byte")
            }
            bytes += Array("\(key)=\(value)".utf8) + [0]
        }
        guard bytes.count <= Self.encodedBytesMax else {
            throw .tooMuch(
                what: "bytes of \(Self.what)",
                count: bytes.count,
                countMax: Self.encodedBytesMax
            )
        }
        return bytes
    }

    /// Reads what ``encoded()`` wrote.
    public init(encoded bytes: [UInt8]) throws(HostError) {
        self.init(modulePath: "")
        guard bytes.last == 0 else { throw Self.malformed("does not end in a zero byte") }
        // Why not split(): the runtime would make the type of its result at every start of a workload.
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0) {
            let entry = rest[..<end]
            rest = rest[(end + 1)...]
            guard let mark = entry.firstIndex(of: UInt8(ascii: "=")) else {
                throw Self.malformed("has an entry without =")
            }
            let key = String(decoding: entry[..<mark], as: UTF8.self)
            try set(key, String(decoding: entry[(mark + 1)...], as: UTF8.self))
        }
        guard !modulePath.isEmpty else { throw Self.malformed("names no module") }
    }

    private mutating func set(_ key: String, _ value: String) throws(HostError) {
        switch key {
        case "module": modulePath = value
        case "workingDirectory": workingDirectory = value
        case "argument": arguments.append(value)
        case "environment": environment.append(value)
        case "directory": directories.append(Directory(host: value, guest: value))
        case "directoryGuest", "directoryReadOnly":
            guard let last = directories.indices.last else {
                throw Self.malformed("has \(key) before directory")
            }
            if key == "directoryGuest" {
                directories[last].guest = value
            } else {
                directories[last].isReadOnly = value != "0"
            }
        case "invoke": invoke = value
        case "memoryLimitBytes": memoryLimitBytes = try Self.number(key, value)
        case "timeLimitNanoseconds": timeLimitNanoseconds = try Self.number(key, value)
        case "fuel": fuel = try Self.number(key, value)
        case "processorMillicoresWanted": processorMillicoresWanted = try Self.number(key, value)
        case "processorMillicoresMax": processorMillicoresMax = try Self.number(key, value)
        case "logFile": logFile = value
        case "logFileBytesMax": logFileBytesMax = try Self.number(key, value)
        case "logFilesMax": logFilesMax = try Self.number(key, value)
        case "instanceFile": instanceFile = value
        case "bootID": bootID = value
        case "exitRecordFile": exitRecordFile = value
        case "watcherProcessID": watcherProcessID = try Int32(clamping: Self.number(key, value))
        case "admitted": isAdmitted = value == "1"
        case _ where key.hasPrefix(GuestNetwork.keyPrefix):
            guard network.set(key, value) else { throw Self.malformed("has \(key)=\(value)") }
        case _ where key.hasPrefix(Confinement.keyPrefix):
            confinement = confinement ?? Confinement()
            try confinement?.set(key, value)
        default: throw Self.malformed("has an unknown entry \(key)")
        }
    }

    private static func number(_ key: String, _ value: String) throws(HostError) -> UInt64 {
        guard let number = wholeNumber(Substring(value)) else {
            throw malformed("has \(key)=\(value), which is no number")
        }
        return number
    }

    private static func malformed(_ reason: String) -> HostError {
        .malformed(path: what, reason: reason)
    }
}
