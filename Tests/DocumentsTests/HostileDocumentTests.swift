import Documents
import TestKit
import Testing

/// Bytes of any kind end in a document or an error, and what is a document can be written and read.
@Suite struct HostileDocumentTests {
    private static let samples = [
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"b":"c"}},
        "spec":{"containers":[{"name":"x","image":"y","args":["-1",1.5e3,true,null,"\\u00e9\\\\"]}]}}
        """,
        """
        a: &x {b: [1, 2.5, ~], "c": 'd'}
        e: |
          text
        <<: *x
        list:
        - - 1
          - !!str 2
        ---
        ? complex
        : "\\x41\\u00e9"
        """,
    ]

    @Test(arguments: [UInt64](1...20))
    func randomBytesNeverDoHarm(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            look(at: generator.bytes(Int.random(in: 0...64, using: &generator)), seed)
        }
    }

    @Test(arguments: [UInt64](1...20))
    func damagedDocumentsNeverDoHarm(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<200 {
            look(at: generator.mutated(Array(Self.samples[round % 2].utf8)), seed)
        }
    }

    private func look(at bytes: [UInt8], _ seed: UInt64) {
        if let document = try? Document(json: bytes) {
            #expect((try? Document(json: document.json())) == document, "seed \(seed): \(bytes)")
        }
        for document in (try? Document.yaml(bytes)) ?? [] {
            let text = document.yamlText()
            #expect((try? Document.yaml(text: text)) == [document], "seed \(seed): \(bytes)")
            #expect((try? Document(json: document.json())) == document, "seed \(seed): \(bytes)")
        }
    }
}
