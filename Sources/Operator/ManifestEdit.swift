import KubeModel
import StateStore

/// What a controller's hand does to a manifest that a node has: one object more, less, or other.
struct ManifestEdit: Equatable {
    /// The manifest as it will be.
    private(set) var manifest: DesiredManifest
    /// Whether anything has changed.
    private(set) var isChanged = false

    /// An edit of the manifest that is retained.
    init(_ manifest: DesiredManifest) { self.manifest = manifest }

    /// Lists an object with these bytes, in place of another of its name.
    mutating func list(
        _ address: DesiredObject.Address,
        uid: String,
        resourceVersion: String,
        payload: [UInt8]
    ) {
        let item = DesiredManifest.Item(
            address: address,
            uid: uid,
            resourceVersion: resourceVersion,
            sha256: Digests.system.sha256(payload)
        )
        if let index = manifest.items.firstIndex(where: { $0.address == address }) {
            guard manifest.items[index] != item else { return }
            manifest.items[index] = item
        } else {
            manifest.items.append(item)
        }
        isChanged = true
    }

    /// Lists an object no more; the last one may go, since somebody asked for exactly that.
    mutating func drop(_ address: DesiredObject.Address) {
        guard let index = manifest.items.firstIndex(where: { $0.address == address }) else {
            return
        }
        manifest.items.remove(at: index)
        if manifest.items.isEmpty { manifest.allowsEmpty = true }
        isChanged = true
    }

    /// The next generation, made at `now` (nanoseconds since 1970).
    mutating func finish(at now: Int64) {
        guard isChanged else { return }
        manifest.generation &+= 1
        // Why not before: an epoch that begins later must be able to tell that it is later.
        manifest.issuedAt = max(manifest.issuedAt, Timestamp(nanosecondsSinceEpoch: now))
        if !manifest.items.isEmpty { manifest.allowsEmpty = false }
    }

    /// The bytes to publish.
    var payload: [UInt8] { manifest.payload }
}
