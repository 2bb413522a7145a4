import Documents
import Host

/// Everything that somebody far away needs to help with a node, without its secrets.
///
/// What is in it is read through the same ways as everything else, and made harmless here: values of
/// Secrets never arrive, values of environments and of ConfigMaps are replaced by their length.
struct SupportBundle: Sendable {
    /// One file of it.
    struct Part: Equatable, Sendable {
        var name: String
        var text: String
    }

    var parts: [Part] = []

    // Why: a log of some days, and no more than a link by phone carries in a minute.
    private static let journalLineCount = 2_000
    private static let containerLineCount: Int64 = 200

    /// Adds what a body answers, or why it cannot.
    mutating func add(
        _ name: String,
        _ body: () async throws(OperatorError) -> String
    ) async {
        let text: String
        do throws(OperatorError) { text = try await body() } catch { text = "error: \(error)\n" }
        parts.append(Part(name: name, text: text))
    }

    /// Reads it all.
    static func collect(
        _ session: Session,
        _ access: any NodeAccess,
        configurationPath: String,
        withLogs: Bool
    ) async -> SupportBundle {
        var bundle = SupportBundle()
        await bundle.add("version.txt") { "swiftlet \(Release.version)\n" }
        await bundle.add("check.txt") { () throws(OperatorError) in
            Finding.text(try await session.findings(configurationPath))
        }
        await bundle.add("status.yaml") { () throws(OperatorError) in
            try await access.status().yamlText()
        }
        for kind in [ResourceKind.pods, .nodes, .events, .configMaps, .secrets] {
            await bundle.add("\(kind.plural).yaml") { () throws(OperatorError) in
                let objects = try await access.objects(kind, in: nil).map(Self.harmless)
                return Document.array(objects).yamlText()
            }
        }
        let arguments = [
            "-u", "swiftletd", "-n", String(journalLineCount), "--no-pager", "-o", "short-iso",
        ]
        if let journal = await Program.output("/usr/bin/journalctl", arguments) {
            bundle.parts.append(Part(name: "swiftletd.log", text: journal.text))
        }
        if withLogs { await bundle.addLogs(access) }
        return bundle
    }

    private mutating func addLogs(_ access: any NodeAccess) async {
        let pods = (try? await access.objects(.pods, in: nil)) ?? []
        for pod in pods.map({ ObjectView($0) }) {
            for container in pod.spec?["containers"]?.array ?? [] {
                guard let name = container["name"]?.string else { continue }
                var question = LogQuestion(pod: PodName(namespace: pod.namespace, name: pod.name))
                question.container = name
                question.tailLineCount = Self.containerLineCount
                let collected = BoundedText()
                await add("logs/\(pod.namespace)_\(pod.name)_\(name).log") {
                    () throws(OperatorError) in
                    try await access.log(question) { collected.append($0) }
                    return collected.text
                }
            }
        }
    }

    /// An object without what its author wrote for programs alone.
    static func harmless(_ object: Document) -> Document {
        var object = object
        for name in ["data", "binaryData", "stringData"] {
            guard let members = object[name]?.members else { continue }
            object = object.setting([name], to: .object(members.map(Self.measured)))
        }
        for name in ["initContainers", "containers"] {
            guard let containers = object["spec"]?[name]?.array else { continue }
            let changed = containers.map { container -> Document in
                guard let variables = container["env"]?.array else { return container }
                let measured = variables.map { variable -> Document in
                    guard let value = variable["value"]?.string else { return variable }
                    return variable.setting(["value"], to: .string(text(value)))
                }
                return container.setting(["env"], to: .array(measured))
            }
            object = object.setting(["spec", name], to: .array(changed))
        }
        return object
    }

    private static func measured(_ member: Document.Member) -> Document.Member {
        guard let value = member.value.string, !value.hasPrefix("<") else { return member }
        return .init(name: member.name, value: .string(text(value)))
    }

    private static func text(_ value: String) -> String { "<\(value.utf8.count) bytes>" }
}
