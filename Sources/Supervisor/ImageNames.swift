public import Images

/// What the texts in pods mean on this node: which reference, and whether it may be read.
public struct ImageNames: Equatable, Sendable {
    private static let scheme = "oci:"

    /// The folder in which `oci:NAME` without a leading slash is looked for.
    private let layouts: String
    /// Folders below which `oci:/PATH` may lie.
    private let roots: [String]

    /// Names on a node whose layouts lie in `layouts`; `roots` are other folders that pods may name.
    public init(layouts: String, roots: [String] = []) {
        self.layouts = layouts
        self.roots = [layouts] + roots
    }

    /// The reference that a text stands for, with the folder of layouts in front of a relative path.
    public func reference(_ text: String) throws(ImageProblem) -> ImageReference {
        var whole = text
        if text.hasPrefix(Self.scheme), !text.hasPrefix(Self.scheme + "/") {
            let path = text.dropFirst(Self.scheme.count)
            guard !path.isEmpty else {
                throw .invalidName("image \(text): the path of the layout is empty")
            }
            whole = "\(Self.scheme)\(layouts)/\(path)"
        }
        let reference: ImageReference
        do throws(ImageError) { reference = try ImageReference(whole) } catch {
            throw .invalidName(error.description)
        }
        guard case .layout(let path) = reference.place else { return reference }
        guard !path.split(separator: "/").contains("..") else {
            throw .invalidName("image \(text): the path of a layout must not contain ..")
        }
        guard roots.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) else {
            throw .invalidName(
                "image \(text): a layout must lie below \(roots.joined(separator: " or ")); "
                    + "images.layoutRoots of swiftletd.yaml names more folders"
            )
        }
        return reference
    }
}
