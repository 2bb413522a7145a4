import Testing

@testable import Registry

// Goal: each answer of a server and each failure of libcurl means one thing. Method: a row for each.
@Suite("Rules of the distribution protocol")
struct RuleTests {
    @Test(
        "each HTTP status is sorted",
        arguments: [
            (200, Verdict.good), (206, .good), (301, .redirect), (302, .redirect), (303, .redirect),
            (307, .redirect), (308, .redirect), (401, .authenticate), (402, .later), (403, .later),
            (407, .later), (404, .missing), (410, .missing), (408, .again), (416, .wholeOnly),
            (421, .again), (423, .again), (425, .again), (429, .again), (400, .never),
            (405, .never),
            (406, .never), (413, .never), (414, .never), (418, .never), (431, .never),
            (451, .never),
            (500, .again), (502, .again), (503, .again), (504, .again), (507, .again),
            (520, .again),
            (501, .never), (505, .never), (204, .again), (304, .again), (0, .again), (999, .again),
        ]
    )
    func statuses(status: Int, verdict: Verdict) { #expect(Verdict(status: status) == verdict) }

    @Test(
        "each failure of libcurl is sorted",
        arguments: [
            (1, Verdict.never), (2, .never), (3, .never), (4, .never), (43, .never), (48, .never),
            (58, .never), (59, .never), (77, .never), (60, .later), (83, .later), (90, .later),
            (91, .later), (5, .again), (6, .again), (7, .again), (16, .again), (18, .again),
            (23, .again), (28, .again), (35, .again), (47, .again), (52, .again), (55, .again),
            (56, .again), (61, .again), (92, .again), (97, .again),
        ] as [(UInt32, Verdict)]
    )
    func failures(code: UInt32, verdict: Verdict) { #expect(Verdict(curlCode: code) == verdict) }

    private func reply(_ lines: String...) -> Reply {
        var reply = Reply()
        for line in lines { reply.add(line: line + "\r\n") }
        return reply
    }

    @Test(
        "Retry-After is read as seconds and as a date beside the server's own",
        arguments: [
            ("120", nil, 120), ("0", nil, 0), ("-5", nil, 0), ("soon", nil, nil),
            ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:07 GMT", 30),
            ("Sun, 06 Nov 1994 08:49:37 GMT", "Mon, 07 Nov 1994 08:49:37 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", nil, nil),
            ("Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:07 GMT", nil),
        ] as [(String, String?, Int64?)]
    )
    func retryAfter(text: String, date: String?, seconds: Int64?) {
        var reply = reply("HTTP/1.1 503 X", "Retry-After: \(text)")
        if let date { reply.add(line: "Date: \(date)") }
        #expect(RetryAfter.seconds(reply) == seconds)
    }

    @Test(
        "dates are counted over leap years and centuries",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Sun, 28 Feb 2100 00:00:00 GMT", 4_107_456_000),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Thu, 32 Jan 1970 00:00:00 GMT", nil), ("Thu, 01 Foo 1970 00:00:00 GMT", nil),
            ("Thu, 01 Jan 1970 24:00:00 GMT", nil), ("", nil),
        ] as [(String, Int64?)]
    )
    func dates(text: String, seconds: Int64?) { #expect(HTTPDate.seconds(text) == seconds) }

    @Test("waits double, carry jitter, keep to what the server asks, and end")
    func pace() {
        let least = Pace(wait: { _ in }, random: { _ in 0 })
        let most = Pace(wait: { _ in }, random: { $0 })
        #expect(
            (1...6).map { least.milliseconds(beforeTry: $0, retryAfter: nil) }
                == [250, 500, 1_000, 2_000, 4_000, nil]
        )
        #expect(
            (1...5).map { most.milliseconds(beforeTry: $0, retryAfter: nil) }
                == [750, 1_500, 3_000, 6_000, 12_000]
        )
        #expect(least.milliseconds(beforeTry: 1, retryAfter: 20) == 20_000)
        #expect(most.milliseconds(beforeTry: 1, retryAfter: 20) == 25_000)
        #expect(least.milliseconds(beforeTry: 1, retryAfter: 31) == nil)
    }

    @Test("challenges are read, several in one header too")
    func challenges() {
        let text = "Bearer realm=\"https://a/t\",service=\"r\",scope=\"repository:x/y:pull,push\""
        #expect(
            Challenge.all(in: text + ", Basic realm=\"a \\\"b\\\"\"") == [
                Challenge(
                    scheme: "bearer",
                    parameters: [
                        "realm": "https://a/t", "service": "r", "scope": "repository:x/y:pull,push",
                    ]
                ),
                Challenge(scheme: "basic", parameters: ["realm": "a \"b\""]),
            ]
        )
        #expect(Challenge.all(in: "").isEmpty)
        #expect(Challenge.all(in: "Bearer realm=\"unfinished") == [Challenge(scheme: "bearer")])
        #expect(Challenge.all(in: "=x").isEmpty)
    }

    @Test("the credentials with the longest path are taken, and Docker's registry has one name")
    func credentials() throws {
        let json = """
            {"auths": {"https://index.docker.io/v1/": {"auth": "ZG9ja2VyOmh1Yg=="},
             "r.example": {"username": "all", "password": "p"},
             "r.example/team": {"username": "team", "password": "q:r"}}}
            """
        let credentials = try Credentials(json: Array(json.utf8))
        #expect(credentials.entry(host: "docker.io", repository: "library/x")?.password == "hub")
        #expect(credentials.entry(host: "r.example", repository: "team/app")?.user == "team")
        #expect(credentials.entry(host: "r.example", repository: "teams/app")?.user == "all")
        #expect(credentials.entry(host: "r.example.org", repository: "team/app") == nil)
        #expect(
            credentials.entry(host: "r.example", repository: "x")?.basic
                == "Authorization: Basic YWxsOnA="
        )
    }

    @Test("damaged credentials are refused without a word of them")
    func badCredentials() {
        for json in [
            "{", "{}", #"{"auths": {"r": {"auth": "s3cret!"}}}"#,
            #"{"auths": {"r": {"auth": "czNjcmV0"}}}"#, #"{"auths": {"r": "s3cret"}}"#,
        ] {
            do {
                _ = try Credentials(json: Array(json.utf8))
                Issue.record("taken: \(json)")
            } catch {
                #expect(!"\(error)".contains("s3cret") && !"\(error)".contains("czNj"))
            }
        }
    }

    @Test("base64 is there and back, and nothing else is taken")
    func base64() {
        for count in 0..<20 {
            let bytes = (0..<count).map { UInt8($0 * 37 & 255) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
        for text in ["A", "AAAAA", "AA!A", "====", "AA=A"] { #expect(Base64.decode(text) == nil) }
    }

    @Test("the head of an answer decides what its bytes are")
    func openings() {
        let asked = Request(url: "", range: 100...199)
        func opening(_ request: Request, _ lines: [String]) -> BlobReading.Opening {
            var reply = Reply()
            for line in lines { reply.add(line: line) }
            return BlobReading.opening(reply, to: request, at: 100, of: 300)
        }
        let partial = "HTTP/1.1 206 X"
        #expect(
            opening(asked, [partial, "Content-Range: bytes 100-199/300"])
                == .take(skipping: 0, end: 200)
        )
        #expect(
            opening(asked, [partial, "Content-Range: bytes 100-149/*"])
                == .take(skipping: 0, end: 150)
        )
        for range in ["99-199/300", "100-200/300", "100-199/301", "x", "199-100/300", "-5/300"] {
            guard
                case .wrong(_, false) = opening(asked, [partial, "Content-Range: bytes \(range)"])
            else {
                Issue.record("taken: \(range)")
                continue
            }
        }
        #expect(opening(asked, ["HTTP/1.1 200 X"]) == .take(skipping: 100, end: 300))
        guard case .wrong = opening(asked, ["HTTP/1.1 200 X", "Content-Length: 299"]) else {
            Issue.record("299 bytes were taken")
            return
        }
        guard case .wrong(_, true) = opening(asked, ["HTTP/1.1 200 X", "Content-Encoding: gzip"])
        else {
            Issue.record("packed bytes were taken")
            return
        }
    }
}
