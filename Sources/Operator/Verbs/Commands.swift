import Documents

/// The verbs, once it is known how the node is reached and where to write.
struct Commands {
    let access: any NodeAccess
    let console: Console

    /// The objects that were asked for, and the names of those that are not there.
    func find(
        _ selection: Selection
    ) async throws(OperatorError) -> (found: [Document], missing: [String]) {
        guard !selection.names.isEmpty else {
            let objects = try await access.objects(selection.kind, in: selection.namespace)
            return (objects.filter(selection.admits), [])
        }
        var found: [Document] = []
        var missing: [String] = []
        for key in selection.keys {
            if let object = try await access.object(key) {
                found.append(object)
            } else {
                missing.append(key.name)
            }
        }
        return (found, missing)
    }

    /// The objects of selections by their keys: those that are named, there or not, and those that
    /// are there.
    func keys(of selections: [Selection]) async throws(OperatorError) -> [ObjectKey] {
        var keys: [ObjectKey] = []
        for selection in selections {
            guard selection.names.isEmpty else {
                keys += selection.keys
                continue
            }
            keys += try await find(selection).found.map { object in
                let view = ObjectView(object)
                return ObjectKey(
                    kind: selection.kind,
                    namespace: view.namespace,
                    name: view.name
                )
            }
        }
        if keys.isEmpty { sayNothingFound(selections) }
        return keys
    }

    func sayNothingFound(_ selections: [Selection]) {
        let kinds = selections.map(\.kind.plural).joined(separator: ", ")
        let place = selections.first { $0.kind.isNamespaced }?.namespace
        console.remark("no \(kinds) found" + (place.map { " in namespace \($0)" } ?? ""))
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
        case .table, .wide, .name:
            // Why no failure: the account itself is here, and says the most.
            let node = (try? await access.node()) ?? nil
            let pods = (try? await access.objects(.pods, in: nil)) ?? []
            console.text(StatusReport.text(status, node: node, pods: pods, now: console.now()))
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
