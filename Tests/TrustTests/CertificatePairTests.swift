import TestKit
import Testing
import Trust

// Goal: a pair that does not belong together is known before anything depends on it. Method: keys made
// for the test, and damage.
@Suite(
    "Certificates and their keys",
    .enabled(if: Authority.openssl.isMet, Comment(rawValue: Authority.openssl.comment))
)
struct CertificatePairTests {
    @Test("a pair is one, two halves of different pairs are none, and damage is survived")
    func pairs() throws {
        try withScratchDirectory { folder in
            let authority = try Authority(in: folder)
            try authority.sign("a")
            let certificate = try readBytes("\(folder)/a.crt")
            let key = try readBytes("\(folder)/a.key")
            let other = try readBytes("\(folder)/ca.key")
            #expect(CertificatePair.problem(certificate: certificate, key: key) == nil)
            #expect(
                CertificatePair.problem(certificate: certificate, key: other)
                    == "the key is not that of the certificate"
            )
            #expect(CertificatePair.problem(certificate: [], key: key) != nil)
            #expect(CertificatePair.problem(certificate: certificate, key: []) != nil)
            let huge = [UInt8](repeating: 0x41, count: (1 << 20) + 1)
            #expect(CertificatePair.problem(certificate: huge, key: key) != nil)
            var random = SeededGenerator(seed: 4)
            for _ in 0..<100 {
                _ = CertificatePair.problem(
                    certificate: random.mutated(certificate),
                    key: random.mutated(key)
                )
            }
        }
    }
}
