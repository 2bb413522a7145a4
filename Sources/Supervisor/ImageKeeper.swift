public import Host
internal import Images
public import Lifecycle
public import Logging

/// The one that frees the disk: it looks from time to time, and removes what nothing needs when too much
/// of it is used or a pull has found no room.
public actor ImageKeeper {
    /// Who knows what is needed; `nil` when nobody does, and then nothing goes.
    public typealias Needs = @Sendable () async -> ImageNeeds?

    // Why: a look is one system call; a pull that found no room waits 10 s before it tries again.
    private static let lookAgain = Duration.seconds(10)
    // Why: only then is it known which image was used last; the whole store is listed for it.
    private static let rememberNanoseconds: Int64 = 600_000_000_000
    // Why: leftovers age in hours and days, and looking for them lists the whole store.
    private static let sweepNanoseconds: Int64 = 3_600_000_000_000

    private let images: StoredImages
    private let needs: Needs
    private let collection: ImageCollection
    private let logger: Logger
    private let now: @Sendable () -> Int64
    /// When an image was first seen unneeded since it was last needed, on the monotonic clock.
    private var unusedSince: [Digest: Int64] = [:]
    private var rememberedAt: Int64?
    private var sweptAt: Int64?

    /// A keeper that has not looked yet.
    public init(
        images: StoredImages,
        collection: ImageCollection,
        logger: Logger = Logger(label: "images"),
        now: @escaping @Sendable () -> Int64 = { Clock.boottimeNanoseconds() },
        needs: @escaping Needs
    ) {
        self.images = images
        self.collection = collection
        self.logger = logger
        self.now = now
        self.needs = needs
    }

    /// Looks until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await look()
            try? await Task.sleep(for: Self.lookAgain)
        }
    }

    /// Looks once, and does what is due.
    func look() async {
        do throws(ImageProblem) {
            let time = now()
            if sweptAt.map({ time - $0 > Self.sweepNanoseconds }) ?? true {
                let removal = try await images.remove([], isThorough: false)
                sweptAt = time
                note(removal, "removed what ended pulls left")
            }
            let room = images.store.room()
            guard let room else { return }
            let disk = ImageCollection.Disk(
                freeByteCount: room.freeByteCount,
                totalByteCount: room.totalByteCount
            )
            let shortage = images.shortage.take()
            let isLongAgo = rememberedAt.map { time - $0 > Self.rememberNanoseconds } ?? true
            guard collection.isDue(disk) || shortage > 0 || isLongAgo, let needs = await needs()
            else { return }
            let kept = try await images.kept(needs)
            remember(kept, time)
            let gone = collection.plan(
                kept.images { unusedSince[$0] ?? time },
                on: disk,
                shortageByteCount: shortage,
                nowNanoseconds: time
            )
            guard !gone.isEmpty else { return }
            let removal = try await images.remove(
                gone.compactMap { Digest($0) },
                isThorough: false
            )
            note(removal, "removed images that nothing needs, to make room")
        } catch {
            logger.warning("images could not be looked through: \(error)")
        }
    }

    private func remember(_ kept: KeptImages, _ time: Int64) {
        var next: [Digest: Int64] = [:]
        for digest in kept.inventory.items.keys where !kept.isNeeded(digest) {
            next[digest] = unusedSince[digest] ?? time
        }
        unusedSince = next
        rememberedAt = time
    }

    private func note(_ removal: StoreRemoval, _ text: String) {
        guard removal.byteCount > 0 || !removal.images.isEmpty else { return }
        logger.notice(
            "\(text)",
            metadata: [
                "images": "\(removal.references.joined(separator: " "))",
                "bytes": "\(removal.byteCount)",
            ]
        )
    }
}
