import TestKit
import Testing

// Goal: the checkout holds nothing it should not. Method: the list of tracked files, read as text.
@Suite("Documents of the checkout")
struct CheckoutTests {
    @Test("every Markdown file has one title")
    func titles() throws {
        for path in try files(below: ".") where path.hasSuffix(".md") {
            var isCode = false
            var titles = 0
            for line in try readFile("\(repositoryRoot)/\(path)").split(separator: "\n") {
                if line.hasPrefix("```") { isCode.toggle() }
                if !isCode, line.hasPrefix("# ") { titles += 1 }
            }
            #expect(titles == 1, "\(path) has \(titles) titles")
        }
    }

    @Test("build products and resolved versions are not tracked")
    func products() throws {
        for path in try files(below: ".") {
            #expect(!path.hasSuffix("Package.resolved"), "\(path) must not be tracked")
            #expect(!path.hasPrefix(".build"), "\(path) must not be tracked")
        }
    }

    @Test("the licence is there")
    func licence() throws {
        #expect(try readFile(repositoryRoot + "/LICENSE").contains("Apache License"))
    }
}
