import Documents

/// The verbs, once it is known how the node is reached and where to write.
struct Commands {
    let access: any NodeAccess
    let console: Console

    /// `get`, all objects of a kind or those that are named.
    func get(_ selection: Selection, format: OutputFormat) async throws(OperatorError) {
        let (kind, names, namespace) = (selection.kind, selection.names, selection.namespace)
        var printer = ObjectPrinter(kind: kind, format: format, now: console.now())
        printer.isSingle = names.count == 1
        printer.showsNamespace = kind.isNamespaced && namespace == nil
        let (objects, missing) = try await find(kind, names, namespace)
        write(objects, printer, namespace, isAll: names.isEmpty)
        if let name = missing.first { throw .notFound(kind: kind.singular, name: name) }
    }

    /// The objects that were asked for, and the names of those that are not there.
    func find(
        _ kind: ResourceKind,
        _ names: [String],
        _ namespace: String?
    ) async throws(OperatorError) -> (found: [Document], missing: [String]) {
        guard !names.isEmpty else { return (try await access.objects(kind, in: namespace), []) }
        var found: [Document] = []
        var missing: [String] = []
        for name in names {
            let key = ObjectKey(kind: kind, namespace: namespace ?? "default", name: name)
            if let object = try await access.object(key) {
                found.append(object)
            } else {
                missing.append(name)
            }
        }
        return (found, missing)
    }

    private func write(
        _ objects: [Document],
        _ printer: ObjectPrinter,
        _ namespace: String?,
        isAll: Bool
    ) {
        guard objects.isEmpty, printer.format.isTable || !isAll else {
            return console.text(printer.text(objects))
        }
        guard isAll else { return }
        let place = printer.kind.isNamespaced ? namespace.map { " in namespace \($0)" } ?? "" : ""
        console.remark("no \(printer.kind.plural) found\(place)")
    }

    /// `describe`: pods and nodes in pages of their own, the rest as it is written.
    func describe(_ key: ObjectKey) async throws(OperatorError) {
        guard let object = try await access.object(key) else {
            throw .notFound(kind: key.kind.singular, name: key.name)
        }
        var events: [Document] = []
        do throws(OperatorError) {
            events = try await access.events(about: key)
        } catch {
            // Why no failure: the object is what was asked for, and it is here.
            console.remark("note: events are left out: \(error)")
        }
        switch key.kind {
        case .pods: console.text(PodDescription.text(object, events: events, now: console.now()))
        case .nodes:
            let pods = try await access.objects(.pods, in: nil)
            console.text(NodeDescription.text(object, pods, events, now: console.now()))
        case .configMaps, .secrets, .events, .images: console.text(object.yamlText())
        }
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
            console.line("\(object.key.text) \(change.rawValue)")
        }
    }

    /// The refusal with the line of the file, if the field that it names can be found there.
    private static func placed(_ message: String, in object: ManifestObject) -> String {
        // A reason in front of the path is one word: `Invalid: spec.restartPolicy: …`.
        let line =
            FieldPath.line(of: message, in: object.document)
            ?? FieldPath.line(of: FieldPath.withoutReason(message), in: object.document)
        guard let line else { return message }
        return "\(FieldPath.withoutLine(message)) (\(object.source), line \(line))"
    }

    /// `delete`, of each.
    func delete(_ deletions: [Deletion]) async throws(OperatorError) {
        try await each(deletions) { deletion throws(OperatorError) in
            try await access.delete(deletion)
            console.line("\(deletion.key.text) deleted")
        }
    }

    /// `status`.
    func status(format: OutputFormat) async throws(OperatorError) {
        let status = try await access.status()
        switch format {
        case .json: console.line(status.jsonText(pretty: true))
        case .yaml: console.text(status.yamlText())
        case .jsonPath(let template): console.text(template.text(status))
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
