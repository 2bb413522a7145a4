import TestKit
import Testing

@testable import KubeModel

// Goal: the table of fields in the README is what the code does. Method: the text is made from the
// tables and compared; SWIFTLET_UPDATE_README=1 writes it.
@Suite("The README's table of fields")
struct FieldDocumentTests {
    private static let begin = "<!-- fields: written by FieldDocumentTests -->\n"
    private static let end = "<!-- end of fields -->\n"

    private static let header = """
        | object | honoured | harmless, or taken with a remark | refused with its path |
        |---|---|---|---|

        """

    private static func row(_ table: FieldTable) -> String {
        var cells: [[String]] = [[], [], []]
        for (field, treatment) in table.fields.sorted(by: { $0.key < $1.key }) {
            switch treatment {
            case .honoured: cells[0].append(field)
            case .harmless: cells[1].append(field)
            case .unenforced: cells[1].append(field + "\u{00B9}")
            case .refused: cells[2].append(field)
            case .notYet: cells[2].append(field + "\u{00B2}")
            }
        }
        let columns = cells.map { $0.isEmpty ? "\u{2013}" : $0.joined(separator: " ") }
        return "| \(table.name) | \(columns.joined(separator: " | ")) |\n"
    }

    private static var text: String {
        header + FieldTable.all.map(row).joined()
            + "\n\u{00B9} taken without effect; the pod's `Accepted` condition says so. "
            + "\u{00B2} a later version may honour it.\n"
    }

    @Test("the README lists every field of every table, as the reader of pods treats it")
    func table() throws {
        let path = repositoryRoot + "/README.md"
        let readme = try readFile(path)
        let start = try #require(readme.ranges(of: Self.begin).first)
        let stop = try #require(readme.ranges(of: Self.end).first)
        let written = String(readme[start.upperBound..<stop.lowerBound])
        if environmentVariable("SWIFTLET_UPDATE_README") != nil {
            let before = readme[..<start.upperBound]
            try writeFile(path, before + Self.text + readme[stop.lowerBound...])
            return
        }
        #expect(
            written == Self.text,
            "run: SWIFTLET_UPDATE_README=1 swift test --filter FieldDocumentTests"
        )
    }

    @Test(
        "every field of the API has exactly one treatment, and each table is named as the API names it"
    )
    func tables() {
        let names = FieldTable.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.hasPrefix("v1.") })
        #expect(Self.text.contains("| v1.PodSpec |"))
    }
}
