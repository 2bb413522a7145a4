/// One thing that `check` has looked at.
struct Finding: Equatable, Sendable {
    /// How it stands.
    enum Verdict: String, Sendable {
        case good = "ok"
        case warning
        case failure = "FAILED"
    }

    var area: String
    var verdict: Verdict
    /// What was seen.
    var text: String
    /// What to do; `nil` where nothing is to be done.
    var advice: String?

    static func good(_ area: String, _ text: String) -> Finding {
        Finding(area: area, verdict: .good, text: text)
    }

    static func warning(_ area: String, _ text: String, _ advice: String) -> Finding {
        Finding(area: area, verdict: .warning, text: text, advice: advice)
    }

    static func failure(_ area: String, _ text: String, _ advice: String) -> Finding {
        Finding(area: area, verdict: .failure, text: text, advice: advice)
    }

    /// The lines of a report; advice stands below what it is about.
    static func text(_ findings: [Finding]) -> String {
        let width = (findings.map(\.area.count).max() ?? 0) + 2
        var text = ""
        for finding in findings {
            let area = finding.area + String(repeating: " ", count: width - finding.area.count)
            let verdict = finding.verdict.rawValue
            let pad = String(repeating: " ", count: max(1, 9 - verdict.count))
            text += "\(area)\(verdict)\(pad)\(Printable.cell(finding.text))\n"
            if let advice = finding.advice {
                text += String(repeating: " ", count: width + 9) + "-> \(Printable.cell(advice))\n"
            }
        }
        return text
    }
}
