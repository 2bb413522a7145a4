/// A subscription's filter (MQTT 5, 4.7).
struct TopicFilter: Hashable, Sendable {
    let text: String

    /// `nil` when the text is not a filter.
    init?(_ text: String) {
        guard (1...UplinkLimits.topicBytesMax).contains(text.utf8.count), !text.utf8.contains(0)
        else { return nil }
        let levels = text.split(separator: "/", omittingEmptySubsequences: false)
        for (index, level) in levels.enumerated() where level.contains("+") || level.contains("#") {
            guard level == "+" || (level == "#" && index == levels.count - 1) else { return nil }
        }
        self.text = text
    }

    /// Whether a topic is one of those meant.
    ///
    /// Topics that begin with `$` are meant only by name.
    func matches(_ topic: String) -> Bool {
        let wanted = text.split(separator: "/", omittingEmptySubsequences: false)
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        if topic.hasPrefix("$"), let first = wanted.first, first == "+" || first == "#" {
            return false
        }
        for (index, level) in wanted.enumerated() {
            if level == "#" { return true }
            guard index < levels.count else { return false }
            guard level == "+" || level == levels[index] else { return false }
            // Why: `a/#` means `a` as well.
            if index == levels.count - 1, wanted.count == index + 2, wanted[index + 1] == "#" {
                return true
            }
        }
        return wanted.count == levels.count
    }

    /// Whether the text is a topic that can be published to.
    static func isTopic(_ text: String) -> Bool {
        TopicFilter(text) != nil && !text.contains("+") && !text.contains("#")
    }
}
