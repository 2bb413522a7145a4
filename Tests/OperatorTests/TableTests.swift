import Testing

@testable import Operator

// Goal: columns fit what is in them, and nothing that a node says can move the cursor.
// Method: golden text.
@Suite("Tables")
struct TableTests {
    @Test("columns are as wide as their widest cell, and lines end without spaces")
    func layout() {
        let table = Table(
            headers: ["NAME", "READY", "STATUS"],
            rows: [["a", "1/1", "Running"], ["long-name", "0/1", ""], ["ü", "0/10", "Error"]]
        )
        #expect(
            table.text == """
                NAME        READY   STATUS
                a           1/1     Running
                long-name   0/1
                ü           0/10    Error

                """
        )
    }

    @Test("a table without rows is its headers")
    func empty() {
        #expect(Table(headers: ["NAME", "AGE"]).text == "NAME   AGE\n")
    }

    @Test(
        "control characters do not reach the terminal",
        arguments: [
            ("plain ünïcode 漢字", "plain ünïcode 漢字"), ("\u{1B}[31mred", "?[31mred"),
            ("two\nlines\tand", "two lines and"), ("\u{9B}31m", "?31m"),
            ("\u{202E}txt.exe", "?txt.exe"), ("\u{7F}\u{0}", "??"), ("", ""),
        ]
    )
    func controls(text: String, expected: String) {
        #expect(Printable.cell(text) == expected)
    }
}
