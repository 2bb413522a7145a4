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
        try alone { () throws(ImageError) in
            let inventory = try inventory()
            var byteCount: Int64 = 0
            func isOld(_ path: String, _ ageMax: Int64) -> Bool {
                guard !isThorough else { return true }
                guard let written = StoreFile.modifiedSeconds(path) else { return false }
                return nowSeconds.subtractingReportingOverflow(written).partialValue > ageMax
            }
            func remove(_ path: String) throws(ImageError) {
                byteCount += StoreFile.treeByteCount(path)
                try StoreFile.removeTree(path)
            }
            let needed = inventory.items.values.reduce(into: inventory.claimedBlobs) {
                $0.formUnion($1.blobs.keys)
            }
            for algorithm in Digest.Algorithm.allCases {
                let folder = "\(directory)/blobs/\(algorithm.rawValue)"
                for name in try StoreFile.names(in: folder) {
                    let digest = Digest("\(algorithm.rawValue):\(name)")
                    // Why also when pulls are under way: one that has only its manifest so far is young.
                    let isNeeded = digest.map {
                        needed.contains($0) || inventory.claims.contains($0)
                    }
                    let path = "\(folder)/\(name)"
                    if isNeeded != true, isOld(path, Self.orphanAgeSecondsMax) { try remove(path) }
                }
            }
            let roots = Set(inventory.items.keys.map(\.hex)).union(inventory.claims.map(\.hex))
            for name in try StoreFile.names(in: "\(directory)/roots") where !roots.contains(name) {
                try remove("\(directory)/roots/\(name)")
            }
            byteCount += try sweepIngest { isOld($0, Self.partialAgeSecondsMax) }
            for name in try StoreFile.names(in: "\(directory)/aside") {
                let path = "\(directory)/aside/\(name)"
                if isOld(path, Self.partialAgeSecondsMax) { try remove(path) }
            }
            let subjects = inventory.items.values.reduce(into: inventory.signedDigests) {
                $0.insert($1.image.manifestDigest)
            }
            for name in try StoreFile.names(in: "\(directory)/signatures") {
                let path = "\(directory)/signatures/\(name)"
                let subject = Digest(
                    name.replacing("-", with: ":", maxReplacements: 1).replacing(".json", with: "")
                )
                let isNeeded = subject.map(subjects.contains) ?? false
                if !isNeeded, isOld(path, Self.orphanAgeSecondsMax) { try remove(path) }
            }
            if inventory.claims.isEmpty { try sweepTemporaries() }
            return byteCount
        }
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
            // A half-made root is made anew each time, so its age says nothing.
            let isWorthless = stem.hasPrefix("root-") || stem.hasPrefix("gone-")
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
            where name.contains(".json.new-") && !StoreFile.isOfLiveProcess(name) {
                try StoreFile.removeTree("\(directory)/\(folder)/\(name)")
            }
        }
    }
}
