import Documents

/// How objects are listed.
public struct Listing: Equatable, Sendable {
    /// In which form.
    public var format: OutputFormat
    /// Whether a column tells the labels.
    public var showsLabels: Bool
    /// Whether tables have no line of headers.
    public var leavesOutHeaders: Bool

    /// A form, and what goes into tables.
    public init(
        _ format: OutputFormat,
        showsLabels: Bool = false,
        leavesOutHeaders: Bool = false
    ) {
        self.format = format
        self.showsLabels = showsLabels
        self.leavesOutHeaders = leavesOutHeaders
    }
}

extension Commands {
    /// `get`: the objects of each kind, in tables one below the other, or all in one v1.List.
    func get(_ selections: [Selection], _ listing: Listing) async throws(OperatorError) {
        var groups: [(printer: ObjectPrinter, objects: [Document])] = []
        var missing: OperatorError?
        for selection in selections {
            let (objects, names) = try await find(selection)
            if let name = names.first {
                missing = missing ?? .notFound(kind: selection.kind.singular, name: name)
            }
            guard !objects.isEmpty || !selection.names.isEmpty || !listing.format.isTable else {
                continue
            }
            var printer = printer(of: selection, listing)
            printer.namesKind = selections.count > 1
            groups.append((printer, objects))
        }
        let isNamed = selections.contains { !$0.names.isEmpty }
        if groups.isEmpty { sayNothingFound(selections) }
        groups.removeAll { isNamed && $0.objects.isEmpty }
        if let text = Self.text(groups, isSingle: selections.flatMap(\.names).count == 1) {
            console.text(text)
        }
        if let missing { throw missing }
    }

    private static func text(
        _ groups: [(printer: ObjectPrinter, objects: [Document])],
        isSingle: Bool
    ) -> String? {
        guard var printer = groups.first?.printer else { return nil }
        switch printer.format {
        case .table, .wide:
            return groups.map { $0.printer.text($0.objects) }.joined(separator: "\n")
        case .name: return groups.map { $0.printer.text($0.objects) }.joined()
        case .json, .yaml, .jsonPath:
            printer.isSingle = isSingle
            return printer.text(groups.flatMap(\.objects))
        }
    }

    func printer(of selection: Selection, _ listing: Listing) -> ObjectPrinter {
        var printer = ObjectPrinter(
            kind: selection.kind,
            format: listing.format,
            now: console.now()
        )
        printer.showsNamespace = selection.kind.isNamespaced && selection.namespace == nil
        printer.showsLabels = listing.showsLabels
        printer.leavesOutHeaders = listing.leavesOutHeaders
        return printer
    }
}
