internal import Documents
internal import KubeModel

extension DesiredObject {
    /// The keys of a ConfigMap or a Secret; nil for anything else, or what cannot be read.
    var configData: [String: [UInt8]]? {
        guard let document = try? Document(json: payload) else { return nil }
        switch kind {
        case .configMap: return try? ConfigMap(document).data
        case .secret: return try? Secret(document).data
        case .pod, .node, .event: return nil
        }
    }
}
