internal import Host
internal import Supervisor
internal import Trust
internal import Uplink

extension DaemonConfiguration {
    /// Where the configuration is unless told otherwise.
    public static let standardPath = "/etc/swiftlet/swiftletd.yaml"
    // Why: a file that a person writes; a larger one is something else.
    private static let fileBytesMax = 1 << 20

    /// Reads a configuration file.
    ///
    /// - Parameter path: The file.
    /// - Throws: What is wrong with it, by key and line.
    public init(path: String) throws(DaemonError) {
        let bytes: [UInt8]
        do throws(HostError) {
            bytes = try FileBytes.read(path, byteCountMax: Self.fileBytesMax)
        } catch {
            throw .host(error)
        }
        do throws(ConfigurationError) { try self.init(yaml: bytes) } catch {
            throw .configuration(path: path, error)
        }
    }

    /// Reads everything that the configuration names, to find out whether it is there.
    ///
    /// - Throws: The first thing that is missing.
    public func check() throws(DaemonError) {
        _ = try broker?.password()
        _ = try broker?.sharedSecret()
        _ = try images.signaturePolicy()
        _ = try trust()
        do throws(HostError) {
            for file in [broker?.caFile, broker?.certificateFile, broker?.keyFile].compactMap(
                \.self
            ) {
                _ = try FileBytes.read(file, byteCountMax: Self.fileBytesMax)
            }
            for program in ["swiftlet-run", "swiftlet-pull"] {
                let path = "\(programsDirectory)/\(program)"
                guard FileTree.isFile(path) else {
                    throw .malformed(path: path, reason: "there is no such program")
                }
            }
        } catch {
            throw .host(error)
        }
    }

    /// The keys that are trusted; nil where the broker is.
    ///
    /// - Throws: Which file is none.
    func trust() throws(DaemonError) -> TrustedKeys? {
        guard !trustedKeys.isEmpty else { return nil }
        var keys: [VerifyingKey] = []
        for entry in trustedKeys {
            var text = entry
            if entry.hasPrefix("/") {
                do throws(HostError) {
                    let bytes = try FileBytes.read(entry, byteCountMax: Self.fileBytesMax)
                    text = String(decoding: bytes, as: UTF8.self)
                } catch {
                    throw .host(error)
                }
            }
            do throws(TrustError) { keys.append(try VerifyingKey(text: text)) } catch {
                let path = entry.hasPrefix("/") ? entry : "trust.keys"
                throw .host(.malformed(path: path, reason: error.description))
            }
        }
        do throws(TrustError) { return try TrustedKeys(keys) } catch {
            throw .host(.malformed(path: "trust.keys", reason: error.description))
        }
    }

    /// Where `swiftlet-run` and `swiftlet-pull` are: as configured, else beside this program.
    public var programsDirectory: String {
        if let programs { return programs }
        let own = ProcessFacts.ownProgramPath ?? "/usr/bin/swiftletd"
        return String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])
    }
}

extension DaemonConfiguration.Broker {
    // Source: MQTT 5, 3.1.3.6: binary data has 65,535 bytes at most.
    private static let passwordBytesMax = 65_535

    /// The secret shared with the broker; nil when none is configured.
    func sharedSecret() throws(DaemonError) -> UplinkConfiguration.SharedSecret? {
        guard let pskFile else { return nil }
        do throws(HostError) {
            let bytes = try FileBytes.read(pskFile, byteCountMax: Self.passwordBytesMax)
            let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
            let text = String(decoding: line, as: UTF8.self)
            guard let secret = UplinkConfiguration.SharedSecret(line: text) else {
                throw .malformed(path: pskFile, reason: "must hold a line IDENTITY:KEY, KEY in hex")
            }
            return secret
        } catch {
            throw .host(error)
        }
    }

    /// The password's bytes, without the end of the line; nil when none is configured.
    func password() throws(DaemonError) -> [UInt8]? {
        guard let passwordFile else { return nil }
        do throws(HostError) {
            var bytes = try FileBytes.read(passwordFile, byteCountMax: Self.passwordBytesMax)
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            return bytes
        } catch {
            throw .host(error)
        }
    }
}
