internal import Images
internal import Synchronization

/// Which images were looked at since this daemon began, and which of them turned out damaged.
final class FirstUse: Sendable {
    // Why bounded: a store holds as many images as its disk; a name that is asked for and never comes
    // back must not stay for ever.
    private static let countMax = 4_096
    private let seen = Mutex<(images: Set<Digest>, damaged: Set<ImageReference>)>(([], []))
    private let untrusted = Mutex<[ImageReference: String]>([:])

    /// Whether an image is asked for the first time; from then on it is not.
    func isFirst(_ manifestDigest: Digest) -> Bool {
        seen.withLock { seen in
            if seen.images.count >= Self.countMax { seen.images = [] }
            return seen.images.insert(manifestDigest).inserted
        }
    }

    /// An image was set aside; the next one of that digest is looked at again.
    func noteDamaged(_ reference: ImageReference, _ manifestDigest: Digest) {
        seen.withLock { seen in
            seen.images.remove(manifestDigest)
            if seen.damaged.count >= Self.countMax { seen.damaged = [] }
            seen.damaged.insert(reference)
        }
    }

    /// An image is here, and its signatures are not what the policy demands.
    func noteUntrusted(_ reference: ImageReference, _ reason: String) {
        untrusted.withLock { untrusted in
            if untrusted.count >= Self.countMax { untrusted = [:] }
            untrusted[reference] = reason
        }
    }

    /// Why an image that is here is not used, since nobody has asked.
    func takeUntrusted(_ reference: ImageReference) -> String? {
        untrusted.withLock { $0.removeValue(forKey: reference) }
    }

    /// Whether an image was set aside and nobody has asked since.
    func takeDamaged(_ reference: ImageReference) -> Bool {
        seen.withLock { $0.damaged.remove(reference) != nil }
    }
}

/// How many bytes the last pull lacked that found no room; asked for once.
final class Shortage: Sendable {
    private let byteCount = Mutex<Int64>(0)

    func note(_ count: Int64) { byteCount.withLock { $0 = max($0, count) } }

    func take() -> Int64 {
        byteCount.withLock { count in
            defer { count = 0 }
            return count
        }
    }
}
