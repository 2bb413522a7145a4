internal import Documents
internal import KubeModel

/// Names and passwords for registries, as one pull needs them; in no log, event, status or command line.
public struct PullSecrets: Equatable, Sendable {
    /// `{"auths": …}` as JSON; nil for nobody's.
    let json: [UInt8]?

    /// Nobody's.
    public init() { json = nil }

    /// What is there already as `{"auths": …}`, an operator's file for example.
    init(json: [UInt8]) { self.json = json }

    /// These, and those of `other` for places that these do not name.
    func merging(_ other: PullSecrets) -> PullSecrets {
        guard let json else { return other }
        guard let more = other.json else { return self }
        return PullSecrets([[".dockerconfigjson": json], [".dockerconfigjson": more]])
    }

    /// What Secrets of the types `kubernetes.io/dockerconfigjson` and `dockercfg` hold; where two name
    /// the same place, the first counts.
    ///
    /// What cannot be read is left out, as a kubelet does: the registry's own no says what is missing.
    init(_ secrets: [[String: [UInt8]]]) {
        var entries: [Document.Member] = []
        for secret in secrets {
            var found: [Document.Member] = []
            if let bytes = secret[".dockerconfigjson"] {
                found = (try? Document(json: bytes))?["auths"]?.members ?? []
            } else if let bytes = secret[".dockercfg"] {
                found = (try? Document(json: bytes))?.members ?? []
            }
            for entry in found where !entries.contains(where: { $0.name == entry.name }) {
                entries.append(entry)
            }
        }
        guard !entries.isEmpty else {
            json = nil
            return
        }
        var auths = ObjectBuilder()
        for entry in entries { auths.set(entry.name, entry.value) }
        json = (["auths": auths.document] as Document).json()
    }
}

extension PullSecrets: CustomStringConvertible, CustomReflectable {
    /// That there are some, and nothing of them.
    public var description: String { json == nil ? "no credentials" : "credentials" }
    /// Nothing, so that no dump shows them.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
