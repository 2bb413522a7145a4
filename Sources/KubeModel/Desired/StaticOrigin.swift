public import Documents

/// What marks objects that come from this machine's own folder, not from a controller.
///
/// Source: the kubelet marks static pods with the same annotations.
public enum StaticOrigin {
    /// Where an object comes from; `file` for a static one.
    public static let sourceAnnotation = "kubernetes.io/config.source"
    /// Which file of the folder it stands in.
    public static let fileAnnotation = "swiftlet.dev/config.file"
    /// The value of ``sourceAnnotation``.
    public static let file = "file"

    /// The file that an object stands in; nil for one that a controller sent.
    ///
    /// - Parameter document: The object as it is stored.
    /// - Returns: The file's name within the folder.
    public static func file(of document: Document) -> String? {
        let annotations = document["metadata"]?["annotations"]
        guard annotations?[sourceAnnotation]?.string == file else { return nil }
        return annotations?[fileAnnotation]?.string
    }
}

extension DesiredObject {
    /// The file of the machine's own folder that it stands in; nil for one that a controller sent.
    public var staticFile: String? {
        // Why a look at the bytes first: nearly all objects are a controller's.
        guard payload.contains(StaticOrigin.fileAnnotation),
            let document = try? Document(json: payload)
        else { return nil }
        return StaticOrigin.file(of: document)
    }
}

extension [UInt8] {
    /// Whether the text stands somewhere in the bytes.
    fileprivate func contains(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard let first = wanted.first, count >= wanted.count else { return false }
        for start in indices.dropLast(wanted.count - 1) where self[start] == first {
            if self[start..<start + wanted.count].elementsEqual(wanted) { return true }
        }
        return false
    }
}
