/// Makes documents from YAML events: aliases, merge keys, duplicate keys, limits.
struct YAMLComposer: ~Copyable {
    private var events: YAMLEvents
    private let limits: DocumentLimits
    private var anchors: [String: (document: Document, nodeCount: Int)] = [:]
    private var nodeCount = 0
    private var depth = 0

    /// Starts on `bytes`, already known to be short enough.
    init(_ bytes: [UInt8], _ limits: DocumentLimits) {
        events = YAMLEvents(bytes)
        self.limits = limits
    }

    /// All documents of the stream; those that hold nothing are left out, as kubectl does.
    ///
    /// - Throws: What is wrong, and where.
    mutating func documents() throws(DocumentError) -> [Document] {
        var documents: [Document] = []
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd: return documents
            case .documentStart:
                anchors = [:]
                let document = try compose(events.next())
                if !document.isNull { documents.append(document) }
            case .streamStart, .documentEnd: break
            case .alias, .scalar, .sequenceStart, .sequenceEnd, .mappingStart, .mappingEnd:
                throw event.error("value outside a document")
            }
        }
    }

    private mutating func compose(_ event: YAMLEvent) throws(DocumentError) -> Document {
        let before = nodeCount
        try count(1, at: event)
        var document: Document
        let anchor: String?
        switch event.kind {
        case .alias(let name): return try repeated(name, at: event)
        case .scalar(let scalar):
            document = Document(try scalar.resolved(at: event))
            anchor = scalar.anchor
        case .sequenceStart(let name, let tag):
            try check(tag, "tag:yaml.org,2002:seq", at: event)
            document = try nested(event) { (composer) throws(DocumentError) in
                try composer.sequence()
            }
            anchor = name
        case .mappingStart(let name, let tag):
            try check(tag, "tag:yaml.org,2002:map", at: event)
            document = try nested(event) { (composer) throws(DocumentError) in
                try composer.mapping()
            }
            anchor = name
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw event.error("value expected")
        }
        document.line = event.line
        if let anchor { anchors[anchor] = (document, nodeCount - before) }
        return document
    }

    private mutating func nested(
        _ event: YAMLEvent,
        _ body: (inout YAMLComposer) throws(DocumentError) -> Document
    ) throws(DocumentError) -> Document {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depthMax else {
            throw event.error("more than \(limits.depthMax) lists and maps inside one another")
        }
        return try body(&self)
    }

    private mutating func repeated(
        _ name: String,
        at event: YAMLEvent
    ) throws(DocumentError) -> Document {
        guard let anchored = anchors[name] else {
            throw event.error("alias *\(name) has no anchor &\(name) before it")
        }
        // Why: nine lines of aliases to aliases can stand for a billion values.
        try count(anchored.nodeCount, at: event)
        guard depth + anchored.document.depth <= limits.depthMax else {
            throw event.error("more than \(limits.depthMax) lists and maps inside one another")
        }
        return anchored.document
    }

    private mutating func sequence() throws(DocumentError) -> Document {
        var elements: [Document] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return .array(elements) }
            elements.append(try compose(event))
        }
    }

    private mutating func mapping() throws(DocumentError) -> Document {
        var members: [Document.Member] = []
        var names: Set<String> = []
        var merged: [Document.Member] = []
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            guard let name = try key(event) else {
                merged += try merge(events.next())
                continue
            }
            guard names.insert(name).inserted else {
                throw event.error("duplicate key \"\(name)\"")
            }
            members.append(Document.Member(name: name, value: try compose(events.next())))
        }
        // Why: what is written here wins over what is merged; of two merged, the first.
        for member in merged where names.insert(member.name).inserted { members.append(member) }
        return .object(members)
    }

    /// The text of a key; nil for the merge key `<<`.
    private mutating func key(_ event: YAMLEvent) throws(DocumentError) -> String? {
        if case .scalar(let scalar) = event.kind, scalar.isMergeKey { return nil }
        let document = try compose(event)
        switch document.content {
        case .string(let text): return text
        // Why: Kubernetes' reader turns such keys into text, `8080: x` and `on: x` too.
        case .integer(let integer): return String(integer)
        case .bool(let bool): return bool ? "true" : "false"
        case .real, .null, .array, .object:
            throw event.error("key must be text, but is \(document.kindName)")
        }
    }

    private mutating func merge(_ event: YAMLEvent) throws(DocumentError) -> [Document.Member] {
        let source = try compose(event)
        if let members = source.members { return members }
        var result: [Document.Member] = []
        for element in source.array ?? [.null] {
            guard let members = element.members else {
                throw event.error("<< must name a map or a list of maps")
            }
            result += members
        }
        return result
    }

    private mutating func count(_ nodes: Int, at event: YAMLEvent) throws(DocumentError) {
        nodeCount += nodes
        guard nodeCount <= limits.nodeCountMax else {
            throw event.error("more than \(limits.nodeCountMax) values, aliases counted")
        }
    }

    private func check(
        _ tag: String?,
        _ expected: String,
        at event: YAMLEvent
    ) throws(DocumentError) {
        guard let tag, tag != expected, tag != "!" else { return }
        throw event.error("tag \(tag) is not supported")
    }
}

extension Document {
    /// How many arrays and objects stand inside one another here; 0 for a scalar.
    fileprivate var depth: Int {
        switch content {
        case .null, .bool, .integer, .real, .string: 0
        case .array(let elements): 1 + (elements.map(\.depth).max() ?? 0)
        case .object(let members): 1 + (members.map(\.value.depth).max() ?? 0)
        }
    }
}
