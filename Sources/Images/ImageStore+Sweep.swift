extension ImageStore {
    /// How long a half-fetched blob waits for its pull to come back, in seconds: a week, since links
    /// are gone for days and bytes are paid for.
    public static let partialAgeSecondsMax: Int64 = 7 * 86_400
    /// How long a blob may lie here without an image, in seconds: a pull fetches its manifest before it
    /// claims it.
    public static let orphanAgeSecondsMax: Int64 = 3_600

    /// Removes what pulls left that were refused, killed or given up, and what was set aside.
    ///
    /// - Parameters:
    ///   - nowSeconds: The time since 1970; files from the future count as new.
    ///   - isThorough: Whether to remove regardless of age, also what was set aside.
    /// - Returns: The bytes given back.
    /// - Throws: What the disk says; what is left then goes the next time.
    public func sweep(nowSeconds: Int64, isThorough: Bool = false) throws(ImageError) -> Int64 {
        let age = Age(nowSeconds: nowSeconds, isThorough: isThorough)
        return try alone { () throws(ImageError) in
            let inventory = try inventory()
            var byteCount = try sweepBlobs(inventory, age)
            let roots = Set(inventory.items.keys.map(\.hex)).union(inventory.claims.map(\.hex))
            byteCount += try sweep("roots") { name, _ in !roots.contains(name) }
            byteCount += try sweepIngest { age.isOver(Self.partialAgeSecondsMax, $0) }
            byteCount += try sweep("aside") { _, path in
                age.isOver(Self.partialAgeSecondsMax, path)
            }
            // What was signed is found before the layers come, and these may take days.
            let subjects = inventory.items.keys.reduce(
                into: inventory.signedDigests.union(inventory.claims)
            ) { $0.insert($1) }
            let names = Set(subjects.map { "\($0.algorithm.rawValue)-\($0.hex).json" })
            byteCount += try sweep("signatures") { name, path in
                !names.contains(name) && age.isOver(Self.partialAgeSecondsMax, path)
            }
            if inventory.claims.isEmpty { try sweepTemporaries() }
            return byteCount
        }
    }

    /// How old files must be to go.
    private struct Age {
        var nowSeconds: Int64
        var isThorough: Bool

        func isOver(_ ageSecondsMax: Int64, _ path: String) -> Bool {
            guard !isThorough else { return true }
            guard let written = StoreFile.modifiedSeconds(path) else { return false }
            let (age, overflow) = nowSeconds.subtractingReportingOverflow(written)
            return !overflow && age > ageSecondsMax
        }
    }

    /// Removes what of a folder is garbage; answers with its bytes.
    private func sweep(
        _ folder: String,
        _ isGarbage: (_ name: String, _ path: String) -> Bool
    ) throws(ImageError) -> Int64 {
        var byteCount: Int64 = 0
        for name in try StoreFile.names(in: "\(directory)/\(folder)") {
            let path = "\(directory)/\(folder)/\(name)"
            guard isGarbage(name, path) else { continue }
            byteCount += StoreFile.treeByteCount(path)
            try StoreFile.removeTree(path)
        }
        return byteCount
    }

    private func sweepBlobs(
        _ inventory: StoreInventory,
        _ age: Age
    ) throws(ImageError) -> Int64 {
        let needed = inventory.items.values.reduce(
            into: inventory.claimedBlobs.union(inventory.claims)
        ) { $0.formUnion($1.blobs.keys) }
        var byteCount: Int64 = 0
        for algorithm in Digest.Algorithm.allCases {
            byteCount += try sweep("blobs/\(algorithm.rawValue)") { name, path in
                let isNeeded =
                    Digest("\(algorithm.rawValue):\(name)").map(needed.contains) ?? false
                // One that a pull has not claimed yet is young.
                return !isNeeded && age.isOver(Self.orphanAgeSecondsMax, path)
            }
        }
        return byteCount
    }

    /// Names below `ingest` belong to whoever holds the lock of their beginning.
    private func sweepIngest(_ isOld: (String) -> Bool) throws(ImageError) -> Int64 {
        var byteCount: Int64 = 0
        let folder = "\(directory)/ingest"
        let names = try StoreFile.names(in: folder)
        var groups: [Substring: [String]] = [:]
        for name in names { groups[name.prefix { $0 != "." }, default: []].append(name) }
        for (stem, members) in groups {
            let lockPath = "\(folder)/\(stem).lock"
            let lock = try OpenFile(lockPath, Self.readWriteCreate)
            guard lock.lockAtOnce() else { continue }
            let data = members.filter { !$0.hasSuffix(".lock") }.map { "\(folder)/\($0)" }
            // A half-made root is made anew each time, and an upload goes with the daemon that took it.
            let isWorthless = ["root-", "gone-", "upload-"].contains { stem.hasPrefix($0) }
            guard isWorthless || data.allSatisfy(isOld) else { continue }
            for path in data {
                byteCount += StoreFile.treeByteCount(path)
                try StoreFile.removeTree(path)
            }
            try StoreFile.removeTree(lockPath)
        }
        return byteCount
    }

    /// What a writer left that died between writing and renaming.
    private func sweepTemporaries() throws(ImageError) {
        for folder in ["images", "references", "pins", "signatures"] {
            for name in try StoreFile.names(in: "\(directory)/\(folder)")
            where Self.isTemporary(name) && !StoreFile.isOfLiveProcess(name) {
                try StoreFile.removeTree("\(directory)/\(folder)/\(name)")
            }
        }
    }

    /// Whether a name is one under which a writer prepares a file, `NAME.json.new-PID`.
    private static func isTemporary(_ name: String) -> Bool {
        name.split(separator: ".").last?.hasPrefix("new-") ?? false
    }
}
