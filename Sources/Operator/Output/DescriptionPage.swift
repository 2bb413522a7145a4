import Documents

/// The lines of a `describe`: titles and values, lists below titles, small tables.
struct DescriptionPage {
    private static let labelWidth = 18
    /// What is written so far; everything that came from elsewhere is made safe for a terminal.
    var text = ""

    /// The conditions of an object.
    mutating func conditions(_ object: ObjectView) {
        let conditions = object.status?["conditions"]?.array ?? []
        guard !conditions.isEmpty else { return }
        text += "Conditions:\n"
        var table = Table(headers: ["Type", "Status", "Reason", "Message"])
        for condition in conditions {
            table.rows.append(
                ["type", "status", "reason", "message"].map { condition[$0]?.string ?? "" }
            )
        }
        indented(table)
    }

    /// What happened to it, oldest first.
    mutating func events(_ events: [Document], now: Int64) {
        guard !events.isEmpty else { return line("Events", "<none>") }
        text += "Events:\n"
        var table = Table(headers: ["Type", "Reason", "Age", "From", "Message"])
        for event in events {
            let seen = event["lastTimestamp"]?.moment ?? event["eventTime"]?.moment
            var age = Age.text(since: seen, now: now)
            if let count = event["count"]?.integer, count > 1 { age += " (x\(count))" }
            table.rows.append([
                event["type"]?.string ?? "", event["reason"]?.string ?? "", age,
                event["source"]?["component"]?.string ?? "", event["message"]?.string ?? "",
            ])
        }
        indented(table)
    }
}

extension DescriptionPage {
    mutating func line(_ title: String, _ value: String?, indent: Int = 0) {
        let label = String(repeating: " ", count: indent) + Printable.cell(title) + ":"
        let pad = max(1, Self.labelWidth - label.count)
        let value = value.map(Printable.cell) ?? "<none>"
        text +=
            value.isEmpty ? label + "\n" : label + String(repeating: " ", count: pad) + value + "\n"
    }

    mutating func optional(_ title: String, _ value: String?, indent: Int = 0) {
        if let value, !value.isEmpty { line(title, value, indent: indent) }
    }

    /// The first value beside the title, the others below it.
    mutating func list(_ title: String, _ values: [String]) {
        line(title, values.first)
        for value in values.dropFirst() {
            text += String(repeating: " ", count: Self.labelWidth) + Printable.cell(value) + "\n"
        }
    }

    mutating func words(_ title: String, _ array: Document?) {
        guard let words = array?.array, !words.isEmpty else { return }
        block(title, words.map(\.plainText))
    }

    mutating func pairs(_ title: String, _ members: [Document.Member]) {
        guard !members.isEmpty else { return }
        block(title, members.map { "\($0.name):  \($0.value.plainText)" })
    }

    mutating func block(_ title: String, _ lines: [String]) {
        guard !lines.isEmpty else { return line(title, "<none>", indent: 4) }
        text += "    \(title):\n"
        for line in lines { text += "      " + Printable.cell(line) + "\n" }
    }

    mutating func indented(_ table: Table) {
        for line in table.text.split(separator: "\n") { text += "  " + line + "\n" }
    }
}

extension Document {
    /// The value in one line, for people: text as it is, everything else as JSON.
    var plainText: String { string ?? jsonText() }
}
