import Glibc
import Host
import Logging
import Synchronization

// This file is a fence: it writes to standard error.

/// One line an event on standard error, as journald likes it: `<6>supervisor: container started pid=7`.
///
/// The number in front is syslog's; journald takes it off and stamps the time, so it is written only
/// when the stream leads there (sd-daemon(3), `JOURNAL_STREAM`); else the time is.
struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let label: String
    // Safety: only asked whether it is there; nobody changes the environment.
    private static let isJournal = unsafe getenv("JOURNAL_STREAM") != nil

    /// One for what is routine and one for warnings and worse, so that the first never hides the second.
    private static let rates = Mutex((routine: LineRate(), grave: LineRate()))

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let now = Clock.boottimeNanoseconds()
        let leftOut = Self.rates.withLock { rates in
            event.level < .warning ? rates.routine.take(at: now) : rates.grave.take(at: now)
        }
        guard let leftOut else { return }
        if leftOut > 0 { write(.warning, "log: \(leftOut) lines were left out: too many a second") }
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let facts = all.sorted { $0.key < $1.key }.map {
            " \($0.key)=\(Self.quoted("\($0.value)"))"
        }
        let text = "\(label): \(event.message)" + facts.joined()
        write(event.level, text.split(separator: "\n").joined(separator: " | "))
    }

    private func write(_ level: Logger.Level, _ line: String) {
        let head =
            Self.isJournal
            ? "<\(Self.priority(level))>"
            : "\(CivilTime.text(ofNanoseconds: Clock.wallNanoseconds())) \(level) "
        Self.write("\(head)\(line)\n")
    }

    /// Writes to standard error, or another stream of the program, in one piece.
    static func write(_ text: String, to descriptor: Int32 = 2) {
        let bytes = Array(text.utf8)
        // Safety: the array outlives the call, and its own count is given.
        _ = unsafe Glibc.write(descriptor, bytes, bytes.count)
    }

    private static func quoted(_ value: String) -> String {
        value.contains(where: { $0 == " " || $0 == "\"" })
            ? "\"" + value.split(separator: "\"").joined(separator: "'") + "\"" : value
    }

    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
