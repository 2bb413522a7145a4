internal import Documents
internal import KubeModel

/// What stands in the folder of manifests, as a value: files in, objects and complaints out.
///
/// As with a kubelet, a pod gets the node's name behind its own, `web-gw-1`, so that two machines with
/// the same file do not have pods of one name.
struct StaticFolder: Equatable, Sendable {
    /// One object of a file.
    struct Entry: Equatable, Sendable {
        var address: DesiredObject.Address
        var payload: [UInt8]
        var file: String
    }

    /// A file that cannot be taken, or a part of one.
    struct Complaint: Equatable, Sendable {
        var file: String
        var message: String
    }

    private(set) var entries: [Entry] = []
    private(set) var complaints: [Complaint] = []
    /// Files whose objects stay as they are: somebody may be just writing them.
    private(set) var unreadable: Set<String> = []

    // Why: a gateway runs some dozen pods; more files are a mistake, and are said to be.
    static let fileCountMax = 256
    static let fileBytesMax = 1 << 20

    /// Whether a file of the folder is one of manifests; editors leave others behind.
    static func isManifest(_ name: String) -> Bool {
        !name.hasPrefix(".")
            && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }

    /// Reads all files, in the order of their names; of two objects with one name the first counts.
    init(_ files: [(name: String, content: Result<[UInt8], HostProblem>)], nodeName: String) {
        for file in files.sorted(by: { $0.name < $1.name }) {
            do throws(HostProblem) {
                let found = try Self.entries(of: file.name, try file.content.get(), nodeName)
                for entry in found {
                    if let other = entries.first(where: { $0.address == entry.address }) {
                        let message = "\(entry.address.name) stands in \(other.file) already"
                        complaints.append(Complaint(file: file.name, message: message))
                    } else {
                        entries.append(entry)
                    }
                }
            } catch {
                complaints.append(Complaint(file: file.name, message: error.message))
                unreadable.insert(file.name)
            }
        }
    }

    /// Why a file cannot be taken.
    struct HostProblem: Error, Equatable, Sendable {
        var message: String
    }

    private static func entries(
        of file: String,
        _ bytes: [UInt8],
        _ nodeName: String
    ) throws(HostProblem) -> [Entry] {
        let documents: [Document]
        do throws(DocumentError) { documents = try Document.yaml(bytes) } catch {
            throw HostProblem(message: error.description)
        }
        var entries: [Entry] = []
        for document in documents where !document.isNull {
            let items =
                document["kind"]?.string == "List" ? document["items"]?.array ?? [] : [document]
            for item in items {
                do throws(FieldError) {
                    entries.append(try entry(item, file, nodeName))
                } catch {
                    throw HostProblem(message: error.description)
                }
            }
        }
        return entries
    }

    private static func entry(
        _ document: Document,
        _ file: String,
        _ nodeName: String
    ) throws(FieldError) -> Entry {
        let reader = DocumentReader(document)
        let kindName = try reader.required("kind").string()
        guard let kind = ObjectKind(rawValue: kindName), [.pod, .configMap, .secret].contains(kind)
        else {
            throw reader.error(
                "kind",
                "\(kindName) cannot stand here: Pod, ConfigMap and Secret can"
            )
        }
        let metadata = try reader.required("metadata")
        let written = try metadata.required("name").string()
        let namespace = try metadata.optional("namespace")?.string() ?? "default"
        let name = kind == .pod ? "\(written)-\(nodeName)" : written
        var annotations = metadata.document["annotations"]?.members ?? []
        annotations.removeAll {
            [StaticOrigin.sourceAnnotation, StaticOrigin.fileAnnotation].contains($0.name)
        }
        annotations.append(
            .init(name: StaticOrigin.sourceAnnotation, value: .string(StaticOrigin.file))
        )
        annotations.append(.init(name: StaticOrigin.fileAnnotation, value: .string(file)))
        // Its uid and version are the node's to give: they follow from its name and its bytes.
        let given: Set<String> = [
            "name", "namespace", "annotations", "uid", "resourceVersion", "generation",
            "deletionTimestamp", "deletionGracePeriodSeconds",
        ]
        var members = (metadata.document.members ?? []).filter { !given.contains($0.name) }
        members.append(.init(name: "name", value: .string(name)))
        members.append(.init(name: "namespace", value: .string(namespace)))
        members.append(.init(name: "annotations", value: .object(annotations)))
        let object = (document.members ?? []).map { member in
            member.name == "metadata" ? .init(name: "metadata", value: .object(members)) : member
        }
        return Entry(
            address: .init(kind: kind, name: try ObjectName(namespace: namespace, name: name)),
            payload: Document.object(object.filter { $0.name != "status" }).json(),
            file: file
        )
    }
}

extension StaticFolder {
    /// An entry that the node does not take; what it had of that file stays.
    mutating func refuse(_ entry: Entry, _ message: String) {
        complaints.append(Complaint(file: entry.file, message: message))
        unreadable.insert(entry.file)
    }

    /// What is stored from the folder and stands there no more.
    ///
    /// - Parameter stored: All static objects of the database.
    /// - Returns: Those that are to go; what an unreadable file may still hold is not among them.
    func gone(from stored: [(object: ObjectReference, file: String)]) -> [ObjectReference] {
        let wanted = Set(
            entries.map { "\($0.address.kind.rawValue)/\($0.address.name)" }
        )
        return stored.filter { entry in
            let name =
                "\(entry.object.kind.rawValue)/\(entry.object.namespace)/\(entry.object.name)"
            return !wanted.contains(name) && !unreadable.contains(entry.file)
        }
        .map(\.object)
    }
}
