import CYAML

/// One step of a YAML text, with everything copied out of the library.
struct YAMLEvent {
    /// What happens.
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(name: String)
        case scalar(YAMLScalar)
        case sequenceStart(anchor: String?, tag: String?)
        case sequenceEnd
        case mappingStart(anchor: String?, tag: String?)
        case mappingEnd
    }

    var kind: Kind
    var line: Int
    var column: Int
    var byteOffset: Int

    /// An error at this step.
    func error(_ message: String) -> DocumentError {
        DocumentError(message: message, line: line, column: column, byteOffset: byteOffset)
    }
}

/// The text of a scalar, as far as its meaning depends on how it was written.
struct YAMLScalar {
    var text: String
    var anchor: String?
    var tag: String?
    /// Written without quotes, and not as a block: only then can it be more than text.
    var isPlain: Bool
}

/// The fence around libyaml: bytes in, events out, one at a time.
///
/// Not copyable, because it ends the parser when it goes.
@safe struct YAMLEvents: ~Copyable {
    // Safety: both are allocated by `init`, owned by this value alone and freed by `deinit`.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// Starts to read `bytes`, which are taken as UTF-8 whatever they begin with.
    // Safety: the parser reads `input`, which is freed after the parser; nothing else points there.
    init(_ bytes: [UInt8]) {
        unsafe input = .allocate(capacity: bytes.count)
        _ = unsafe input.initialize(from: bytes)
        unsafe parser = .allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        unsafe yaml_parser_initialize(parser)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    // Safety: see `init`; the library frees what it allocated itself.
    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next step.
    ///
    /// - Throws: The library's reason, with its place.
    // Safety: `event` is filled by the library, copied from, and given back before it goes.
    mutating func next() throws(DocumentError) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { unsafe yaml_event_delete(&event) }
        let mark = unsafe event.start_mark
        return unsafe YAMLEvent(
            kind: Self.kind(of: event),
            line: Self.count(mark.line) + 1,
            column: Self.count(mark.column) + 1,
            byteOffset: Self.count(mark.index)
        )
    }

    // Safety: the member of the union that is read is the one that `type` names.
    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        let data = unsafe event.data
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return unsafe .alias(name: string(data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe data.scalar
            return unsafe .scalar(
                YAMLScalar(
                    text: string(scalar.value, count: scalar.length),
                    anchor: string(scalar.anchor),
                    tag: string(scalar.tag),
                    isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE
                )
            )
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe data.sequence_start
            return unsafe .sequenceStart(anchor: string(start.anchor), tag: string(start.tag))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            let start = unsafe data.mapping_start
            return unsafe .mappingStart(anchor: string(start.anchor), tag: string(start.tag))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .streamEnd
        }
    }

    // Safety: after a failure the parser's `problem` is nil or a text that lives as long as it does.
    private func failure() -> DocumentError {
        let state = unsafe parser.pointee
        let problem = unsafe state.problem.map { unsafe String(cString: $0) } ?? "cannot be read"
        let context = unsafe state.context.map { unsafe " " + String(cString: $0) } ?? ""
        if unsafe state.error == YAML_READER_ERROR {
            // Why: the library gives the reader's place as an offset only.
            let bytes = unsafe Array(input)
            let offset = unsafe min(Self.count(state.problem_offset), bytes.count)
            return DocumentError(problem, at: offset, in: bytes)
        }
        return unsafe DocumentError(
            message: problem + context,
            line: Self.count(state.problem_mark.line) + 1,
            column: Self.count(state.problem_mark.column) + 1,
            byteOffset: Self.count(state.problem_mark.index)
        )
    }

    /// A count of the library's; texts are far shorter than what does not fit.
    private static func count(_ value: Int) -> Int { max(0, value) }

    // Safety: `start` points at `count` bytes that the library has checked to be UTF-8.
    private static func string(_ start: UnsafeMutablePointer<UInt8>?, count: Int) -> String {
        guard let start = unsafe start else { return "" }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: count),
            as: UTF8.self
        )
    }

    // Safety: `start` is nil or ends with a NUL.
    private static func string(_ start: UnsafeMutablePointer<UInt8>?) -> String? {
        unsafe start.map { unsafe String(cString: $0) }
    }
}
