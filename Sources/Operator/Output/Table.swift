/// Columns of text, each as wide as its widest cell, in the way kubectl lays them out.
struct Table: Equatable {
    /// Spaces between two columns.
    private static let gap = 3

    var headers: [String]
    var rows: [[String]] = []
    var leavesOutHeaders = false

    /// Every line ends with a line end, and none with a space.
    var text: String {
        let lines = [headers] + rows.map { $0.map(Printable.cell) }
        let widths = headers.indices.map { column in
            lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        var text = ""
        for line in lines.dropFirst(leavesOutHeaders ? 1 : 0) {
            var padded = ""
            for (cell, width) in zip(line, widths) {
                padded += cell + String(repeating: " ", count: width - cell.count + Self.gap)
            }
            while padded.last == " " { padded.removeLast() }
            text += padded + "\n"
        }
        return text
    }
}

/// Makes text from elsewhere safe for a terminal.
enum Printable {
    /// `text` in one line, without characters that move a cursor or change its colour.
    ///
    /// What a node reports may come from a workload, and a workload may be hostile.
    static func cell(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(
                isControl(scalar) ? (scalar == "\n" || scalar == "\t" ? " " : "?") : scalar
            )
        }
        return String(result)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // C0, DEL and C1; the marks that turn the direction of writing.
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
