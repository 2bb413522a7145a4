import Documents

/// The verbs, once it is known how the node is reached and where to write.
struct Commands {
    let access: any NodeAccess
    let console: Console

    /// `get pods|nodes`, all of them or those that are named.
    func get(
        _ kind: ResourceKind,
        names: [String],
        namespace: String?,
        format: OutputFormat
    ) async throws(OperatorError) {
        var printer = ObjectPrinter(kind: kind, format: format, now: console.now())
        printer.isSingle = names.count == 1
        printer.showsNamespace = kind == .pods && namespace == nil
        var objects: [Document] = []
        var missing: [String] = []
        switch kind {
        case .pods where names.isEmpty: objects = try await access.pods(in: namespace)
        case .pods:
            for name in names {
                let pod = PodName(namespace: namespace ?? "default", name: name)
                if let found = try await access.pod(pod) {
                    objects.append(found)
                } else {
                    missing.append(name)
                }
            }
        case .nodes:
            objects = try await access.nodes()
            if !names.isEmpty {
                let known = Set(objects.map { ObjectView($0).name })
                missing = names.filter { !known.contains($0) }
                objects.removeAll { !names.contains(ObjectView($0).name) }
            }
        }
        write(objects, printer, namespace, isAll: names.isEmpty)
        if let name = missing.first { throw .notFound(kind: kind.singular, name: name) }
    }

    private func write(
        _ objects: [Document],
        _ printer: ObjectPrinter,
        _ namespace: String?,
        isAll: Bool
    ) {
        let isTable = printer.format == .table || printer.format == .wide
        guard objects.isEmpty, isTable || !isAll else { return console.text(printer.text(objects)) }
        guard isAll else { return }
        let place = namespace.map { " in namespace \($0)" } ?? ""
        console.remark("no \(printer.kind.singular)s found\(printer.kind == .pods ? place : "")")
    }

    /// `describe pod`.
    func describe(_ name: PodName) async throws(OperatorError) {
        guard let pod = try await access.pod(name) else {
            throw .notFound(kind: "pod", name: name.name)
        }
        var events: [Document] = []
        do throws(OperatorError) {
            events = try await access.events(about: name)
        } catch {
            // Why no failure: the pod is what was asked for, and it is here.
            console.remark("note: events are left out: \(error)")
        }
        console.text(PodDescription.text(pod, events: events, now: console.now()))
    }

    /// `logs`.
    func logs(_ question: LogQuestion) async throws(OperatorError) {
        let console = console
        try await access.log(question) { console.write($0) }
    }

    /// `restart`.
    func restart(_ pod: PodName, container: String?) async throws(OperatorError) {
        let names = try await access.restart(pod, container: container)
        console.line(
            "pod/\(pod.name) restarted: \(names.map(Printable.cell).joined(separator: ", "))"
        )
    }

    /// `apply -f`; goes on after a refusal, so that one bad object does not hold up the others.
    func apply(_ file: ManifestFile) async throws(OperatorError) {
        try await each(file.objects) { object throws(OperatorError) in
            let change: AppliedChange
            do throws(OperatorError) {
                change = try await access.apply(object)
            } catch .refused(let what, let message) {
                throw .refused(what: what, message: Self.placed(message, in: object))
            }
            console.line("pod/\(object.pod.name) \(change.rawValue)")
        }
    }

    /// The refusal with the line of the file, if the field that it names can be found there.
    private static func placed(_ message: String, in object: ManifestObject) -> String {
        // A reason in front of the path is one word: `Invalid: spec.restartPolicy: …`.
        let withoutReason = message.split(separator: ": ", maxSplits: 1).last.map(String.init)
        let line =
            FieldPath.line(of: message, in: object.document)
            ?? withoutReason.flatMap { FieldPath.line(of: $0, in: object.document) }
        guard let line else { return message }
        return "\(FieldPath.withoutLine(message)) (\(object.source), line \(line))"
    }

    /// `delete pod`, of each.
    func delete(_ deletions: [Deletion]) async throws(OperatorError) {
        try await each(deletions) { deletion throws(OperatorError) in
            try await access.delete(deletion)
            console.line("pod/\(deletion.pod.name) deleted")
        }
    }

    /// `status`.
    func status(format: OutputFormat) async throws(OperatorError) {
        let status = try await access.status()
        switch format {
        case .json: console.line(status.jsonText(pretty: true))
        case .yaml: console.text(status.yamlText())
        case .table, .wide, .name: console.text(StatusReport.text(status, now: console.now()))
        }
    }

    /// Does all, says every error but the last, and throws the last.
    private func each<Element>(
        _ elements: [Element],
        _ body: (Element) async throws(OperatorError) -> Void
    ) async throws(OperatorError) {
        var last: OperatorError?
        for element in elements {
            do throws(OperatorError) {
                try await body(element)
            } catch {
                if let last { console.remark("error: \(last)") }
                last = error
            }
        }
        if let last { throw last }
    }
}
