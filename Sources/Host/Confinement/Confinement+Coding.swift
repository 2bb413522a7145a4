extension Confinement {
    /// What every key of ours begins with in a list that has others too.
    static let keyPrefix = "confine."
    // Why: more mounts than a pod can have; each costs a descriptor while the rules are made.
    private static let placesMax = 512
    private static let what = "confinement"

    /// As keys and values, each to be handed to ``set(_:_:)`` on the other side.
    var entries: [(key: String, value: String)] {
        var entries: [(key: String, value: String)] = []
        func add(_ key: String, _ value: String) { entries.append((Self.keyPrefix + key, value)) }
        func add(_ key: String, _ value: (some BinaryInteger)?) {
            if let value { add(key, "\(value)") }
        }
        if let user {
            add("user", user.id)
            add("group", user.group)
            for group in user.supplementaryGroups { add("supplementaryGroup", group) }
        }
        if let places {
            add("files", "1")
            for place in places {
                let mark = place.isOptional ? "?" : ""
                add("place", "\(place.access.rawValue)\(mark):\(place.path)")
            }
        }
        if let listeningPorts {
            add("listening", listeningPorts.map { "\($0)" }.joined(separator: ","))
        }
        if let connectingPorts {
            add("connecting", connectingPorts.map { "\($0)" }.joined(separator: ","))
        }
        add("scoped", isScoped ? "1" : "0")
        add("boundingSet", dropsBoundingSet ? "1" : "0")
        add("rulesDescriptor", rulesDescriptor)
        add("filterDescriptor", filterDescriptor)
        add("openFilesMax", openFilesMax)
        add("processesMax", processesMax)
        add("fileBytesMax", fileBytesMax)
        add("dataBytesMax", dataBytesMax)
        add("outOfMemoryScore", outOfMemoryScore)
        add("leavesStandardError", leavesStandardError ? "1" : "0")
        if let controlGroup { add("controlGroup", controlGroup) }
        return entries
    }

    /// Takes one entry of ``entries``.
    mutating func set(_ key: String, _ value: String) throws(HostError) {
        // Why as bytes: to count characters is to look at each for what joins it.
        switch String(decoding: key.utf8.dropFirst(Self.keyPrefix.utf8.count), as: UTF8.self) {
        case "user":
            let id: UInt32 = try Self.number(key, value)
            user = User(id: id, group: user?.group ?? id)
        case "group":
            let group: UInt32 = try Self.number(key, value)
            guard user != nil else { throw Self.malformed("has \(key) before user") }
            user?.group = group
        case "supplementaryGroup":
            let group: UInt32 = try Self.number(key, value)
            guard user != nil else { throw Self.malformed("has \(key) before user") }
            user?.supplementaryGroups.append(group)
        case "files": places = places ?? []
        case "place":
            let place = try Self.place(value)
            guard let known = places, known.count < Self.placesMax else {
                throw Self.malformed("has \(key) before files, or too many")
            }
            places = known + [place]
        case "listening": listeningPorts = try Self.ports(key, value)
        case "connecting": connectingPorts = try Self.ports(key, value)
        case "scoped": isScoped = value == "1"
        case "boundingSet": dropsBoundingSet = value == "1"
        case "rulesDescriptor": rulesDescriptor = try Self.number(key, value)
        case "filterDescriptor": filterDescriptor = try Self.number(key, value)
        case "openFilesMax": openFilesMax = try Self.number(key, value)
        case "processesMax": processesMax = try Self.number(key, value)
        case "fileBytesMax": fileBytesMax = try Self.number(key, value)
        case "dataBytesMax": dataBytesMax = try Self.number(key, value)
        case "outOfMemoryScore": outOfMemoryScore = try Self.number(key, value)
        case "leavesStandardError": leavesStandardError = value == "1"
        case "controlGroup": controlGroup = value
        // Why refused: an unknown entry is a right that would not be given up.
        default: throw Self.malformed("has an unknown entry \(key)")
        }
    }

    private static func place(_ text: String) throws(HostError) -> Place {
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw malformed("has the place \(text), which is not ACCESS:PATH")
        }
        let isOptional = text.utf8[..<mark].last == UInt8(ascii: "?")
        let word = text.utf8[..<mark].dropLast(isOptional ? 1 : 0)
        guard let access = Place.Access(rawValue: String(decoding: word, as: UTF8.self)) else {
            throw malformed("has the place \(text), whose access is none of ro, rw and files")
        }
        let path = text[text.utf8.index(after: mark)...]
        return Place(String(path), access, isOptional: isOptional)
    }

    private static func ports(_ key: String, _ text: String) throws(HostError) -> [UInt16] {
        var ports: [UInt16] = []
        for word in text.split(separator: ",") { ports.append(try number(key, String(word))) }
        return ports
    }

    private static func number<Number: FixedWidthInteger>(
        _ key: String,
        _ text: String
    ) throws(HostError) -> Number {
        guard let number = Number(text) else {
            throw malformed("has \(key)=\(text), which is no number, or too large")
        }
        return number
    }

    private static func malformed(_ reason: String) -> HostError {
        .malformed(path: what, reason: reason)
    }
}

extension Confinement {
    /// All of it as bytes, for a program that is told nothing else: entries that each end in a zero
    /// byte, `key=value`.
    ///
    /// Throws ``HostError/malformed(path:reason:)`` when a path holds a zero byte.
    public func encoded() throws(HostError) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            guard !entry.value.utf8.contains(0) else {
                throw Self.malformed("\(entry.key) holds a zero byte")
            }
            bytes += Array("\(entry.key)=\(entry.value)".utf8) + [0]
        }
        return bytes
    }

    /// Reads what ``encoded()`` wrote.
    public init(encoded bytes: [UInt8]) throws(HostError) {
        self.init()
        for entry in bytes.split(separator: 0) {
            guard let mark = entry.firstIndex(of: UInt8(ascii: "=")) else {
                throw Self.malformed("has an entry without =")
            }
            let key = String(decoding: entry[..<mark], as: UTF8.self)
            guard key.hasPrefix(Self.keyPrefix) else {
                throw Self.malformed("has an unknown entry \(key)")
            }
            try set(key, String(decoding: entry[(mark + 1)...], as: UTF8.self))
        }
    }
}
