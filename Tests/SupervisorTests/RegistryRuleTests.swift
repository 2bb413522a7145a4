import Documents
import Images
import Testing

@testable import Supervisor

// Goal: each image is fetched from where the operator says, when he says, as whom the pod says.
// Method: tables.
@Suite("How images are fetched")
struct RegistryRuleTests {
    private var rules: RegistryRules {
        var rules = RegistryRules()
        var host = RegistryRule(prefix: "reg.example")
        host.mirrors = [MirrorAddress("http://10.0.0.1:5000"), MirrorAddress("https://m.example/")]
            .compactMap(\.self)
        var team = RegistryRule(prefix: "reg.example/team")
        team.authorityFile = "/ca.pem"
        team.certificateFile = "/c.pem"
        team.keyFile = "/k.pem"
        var bench = RegistryRule(prefix: "127.0.0.1:5000")
        bench.usesPlainHTTP = true
        rules.rules = [host, team, bench]
        return rules
    }

    @Test(
        "the rule with the longest prefix of whole names holds",
        arguments: [
            (
                "reg.example/app:1",
                "--mirror http://10.0.0.1:5000 --mirror https://m.example"
            ),
            ("reg.example/team/app:1", "--ca-file /ca.pem --cert-file /c.pem --key-file /k.pem"),
            (
                "reg.example/teamwork/app:1",
                "--mirror http://10.0.0.1:5000 --mirror https://m.example"
            ),
            ("reg.example.org/app:1", ""), ("127.0.0.1:5000/app:1", "--plain-http"),
            ("127.0.0.1:5001/app:1", ""), ("oci:/srv/reg.example:1", ""),
        ]
    )
    func prefixes(image: String, flags: String) throws {
        let reference = try ImageReference(image)
        #expect(rules.flags(for: reference).joined(separator: " ") == flags)
        var limited = rules
        limited.byteCountPerSecondMax = 9_000
        let limit = image.hasPrefix("oci:") ? [] : ["--max-bytes-per-second", "9000"]
        #expect(limited.flags(for: reference) == rules.flags(for: reference) + limit)
    }

    @Test(
        "windows are times of a day, past midnight too",
        arguments: [
            ("01:30-05:00", "01:29", false), ("01:30-05:00", "01:30", true),
            ("01:30-05:00", "04:59", true), ("01:30-05:00", "05:00", false),
            ("22:00-02:00", "23:59", true), ("22:00-02:00", "00:00", true),
            ("22:00-02:00", "02:00", false), ("22:00-02:00", "12:00", false),
        ]
    )
    func windows(window: String, time: String, isOpen: Bool) throws {
        var windows = PullWindows()
        windows.windows = [try #require(PullWindows.Window(window))]
        let parts = time.split(separator: ":").compactMap { Int64($0) }
        // A day of 2026, and one of 1970: who does not know the time does not wait for one.
        let minute = 60 * Int64(1_000_000_000)
        let now = 1_767_225_600_000_000_000 + (parts[0] * 60 + parts[1]) * minute
        let refusal = windows.refusal(at: now)
        #expect((refusal == nil) == isOpen)
        #expect(refusal?.contains(window.prefix(5)) != false)
        #expect(windows.refusal(at: now - 1_767_225_600_000_000_000) == nil)
        #expect(PullWindows().refusal(at: now) == nil)
    }

    @Test(
        "what is no window is none",
        arguments: [
            "", "01:00", "1:00-2:00", "24:00-01:00", "01:60-02:00", "01:00-01:00", "a-b",
            "01:00-02:00-03:00", "-1:00-02:00",
        ]
    )
    func noWindows(text: String) { #expect(PullWindows.Window(text) == nil) }

    @Test("both kinds of Secrets are put together; the first that names a place counts")
    func secrets() throws {
        let first = Array(#"{"auths": {"a": {"auth": "eDp5"}}}"#.utf8)
        let second = Array(
            #"{"a": {"auth": "other"}, "b/c": {"username": "u", "password": "p"}}"#.utf8
        )
        let secrets = PullSecrets([
            [".dockerconfigjson": first], [".dockercfg": second], ["else": first],
            [".dockerconfigjson": Array("no JSON".utf8)],
        ])
        let json = try #require(secrets.json)
        #expect(
            try Document(json: json) == [
                "auths": ["a": ["auth": "eDp5"], "b/c": ["username": "u", "password": "p"]]
            ]
        )
        #expect(PullSecrets([]) == PullSecrets() && PullSecrets().json == nil)
        // The pod's own come before the node's.
        let node = PullSecrets(
            json: Array(#"{"auths": {"a": {"auth": "n"}, "d": {"auth": "n"}}}"#.utf8)
        )
        let merged = try Document(json: try #require(secrets.merging(node).json))
        #expect(merged["auths"]?["a"]?["auth"] == "eDp5" && merged["auths"]?["d"]?["auth"] == "n")
        #expect(PullSecrets().merging(node) == node && node.merging(PullSecrets()) == node)
    }

    @Test("no dump shows a password")
    func dumps() {
        let secrets = PullSecrets(json: Array("geheim".utf8))
        var text = "\(secrets)\(String(reflecting: secrets))"
        dump(secrets, to: &text)
        #expect(!text.contains("geheim") && !text.contains("103"))
        #expect(secrets.description == "credentials")
    }
}
