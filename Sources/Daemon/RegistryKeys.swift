internal import Documents
internal import Images
internal import Supervisor

// How registries are reached, below `images:` of the configuration.

extension RegistryRules {
    // Source: libcurl counts a second at a time; a page of 4 KiB is the least that goes on.
    private static let speeds: ClosedRange<Int64> = 4_096...1 << 40

    init(_ reader: DocumentReader) throws(FieldError) {
        self.init()
        credentialsFile = try reader.optional("credentialsFile")?.folder()
        if let place = try reader.optional("maxBytesPerSecond") {
            let speed = Int64(clamping: try place.byteCount())
            guard Self.speeds.contains(speed) else {
                throw place.error("must be from 4Ki to 1Ti")
            }
            byteCountPerSecondMax = speed
        }
        let list = try reader.optional("registries")
        let elements = try list?.elements() ?? []
        if let list, elements.count > Self.ruleCountMax {
            throw list.error("at most \(Self.ruleCountMax) registries are taken")
        }
        for element in elements {
            let rule = try RegistryRule(element)
            guard !rules.contains(where: { $0.prefix == rule.prefix }) else {
                throw element.error("prefix", "Duplicate value: \"\(rule.prefix)\"")
            }
            rules.append(rule)
        }
        // The short form, for a registry on the bench.
        for host in try reader.optional("plainHTTP")?.strings() ?? []
        where !rules.contains(where: { $0.prefix == host }) {
            var rule = RegistryRule(prefix: host)
            rule.usesPlainHTTP = true
            rules.append(rule)
        }
    }
}

extension RegistryRule {
    fileprivate init(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: [
            "prefix", "mirrors", "plainHTTP", "caFile", "certificateFile", "keyFile",
        ])
        self.init(prefix: try reader.required("prefix").string())
        guard !prefix.isEmpty, !prefix.hasPrefix("/"), !prefix.hasSuffix("/"),
            !prefix.contains(where: { $0 == "@" || $0.isWhitespace })
        else {
            throw reader.error("prefix", "Invalid value: must be HOST[:PORT][/REPOSITORY]")
        }
        let list = try reader.optional("mirrors")
        for element in try list?.elements() ?? [] {
            guard let mirror = MirrorAddress(try element.string()) else {
                throw element.error("must be https://HOST[:PORT] or http://HOST[:PORT]")
            }
            mirrors.append(mirror)
        }
        if let list, mirrors.count > Self.mirrorCountMax {
            throw list.error("at most \(Self.mirrorCountMax) mirrors are taken")
        }
        usesPlainHTTP = try reader.optional("plainHTTP")?.bool() ?? false
        authorityFile = try reader.optional("caFile")?.folder()
        certificateFile = try reader.optional("certificateFile")?.folder()
        keyFile = try reader.optional("keyFile")?.folder()
        guard keyFile == nil || certificateFile != nil else {
            throw reader.error("certificateFile", "Required value: keyFile is a certificate's key")
        }
    }
}

extension PullWindows {
    init(_ reader: DocumentReader) throws(FieldError) {
        self.init()
        guard let list = try reader.optional("pullWindows") else { return }
        for element in try list.elements() {
            guard let window = Window(try element.string()) else {
                throw element.error("must be HH:MM-HH:MM, in UTC")
            }
            windows.append(window)
        }
        guard windows.count <= Self.countMax else {
            throw list.error("at most \(Self.countMax) windows are taken")
        }
    }
}
