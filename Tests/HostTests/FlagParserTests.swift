import Host
import Testing

// Goal: a user's words become flags and operands, or one clear sentence. Method: tables.
@Suite("Flags")
struct FlagParserTests {
    let parser = FlagParser(
        program: "example",
        summary: "Shows how.",
        operands: "MODULE [ARG…]",
        flags: [
            .init("--env", .required("K=V"), isRepeatable: true, help: "one variable"),
            .init("--memory-limit", .required("BYTES"), help: "a bound"),
            .init("--stats", .optional("json"), help: "tells what it cost"),
            .init("--check", .none, help: "only looks"),
        ]
    )

    @Test("values come after a blank or an equals sign, and flags end at the first operand")
    func values() throws {
        let parsed = try parser.parse([
            "--env", "A=1", "--env=B=2", "--stats=json", "--memory-limit=64Mi", "m.wasm", "--check",
            "x",
        ])
        #expect(parsed.values("--env") == ["A=1", "B=2"])
        #expect(parsed.value("--stats") == "json")
        #expect(try parsed.byteCount("--memory-limit") == 64 << 20)
        #expect(parsed.operands == ["m.wasm", "--check", "x"])
        #expect(!parsed.has("--check"))
    }

    @Test("two dashes end the flags, and a single one is an operand")
    func dashes() throws {
        #expect(try parser.parse(["--check", "--", "--env"]).operands == ["--env"])
        #expect(try parser.parse(["-", "--env"]).operands == ["-", "--env"])
        #expect(try parser.parse(["--stats", "m"]).operands == ["m"])
    }

    @Test(
        "what is wrong is named",
        arguments: [
            (["--envy", "A=1"], FlagError.unknown(flag: "--envy", nearest: "--env")),
            (["--colour"], .unknown(flag: "--colour", nearest: nil)),
            (["--env"], .missingValue(flag: "--env", what: "K=V")),
            (["--check=yes"], .unexpectedValue(flag: "--check")),
            (["--check", "--check"], .repeated(flag: "--check")),
        ]
    )
    func errors(words: [String], error: FlagError) {
        #expect(throws: error) { try parser.parse(words) }
        #expect(error.description.contains(words[0].split(separator: "=")[0]))
    }

    @Test("a value of the wrong form is named with what is wanted")
    func malformed() throws {
        let parsed = try parser.parse(["--memory-limit", "64MB"])
        #expect(throws: FlagError.self) { try parsed.byteCount("--memory-limit") }
        #expect(throws: FlagError.self) { try parsed.nanoseconds("--memory-limit") }
        #expect(throws: FlagError.self) { try parsed.number("--memory-limit") }
        #expect(try parsed.number("--env") == nil)
    }

    @Test("the usage shows every flag, --help and --version too")
    func usage() {
        for word in ["--env K=V", "--stats[=json]", "--check", "--help", "--version", "MODULE"] {
            #expect(parser.usage.contains(word))
        }
    }
}

@Suite("Quantities of flags")
struct ByteCountTests {
    @Test(
        "numbers of bytes",
        arguments: [
            ("0", 0), ("1", 1), ("64Mi", 64 << 20), ("2G", 2_000_000_000), ("3k", 3_000),
            ("16Ti", 16 << 40), ("18446744073709551615", UInt64.max),
        ] as [(String, UInt64)]
    )
    func bytes(text: String, bytes: UInt64) { #expect(ByteCount(text)?.bytes == bytes) }

    @Test(
        "what is no number of bytes",
        arguments: [
            "", "Mi", "-1", "+1", "1.5Mi", "64MB", "1 Ki", "18446744073709551616", "99999999999Ti",
        ]
    )
    func noBytes(text: String) { #expect(ByteCount(text) == nil) }

    @Test(
        "lengths of time",
        arguments: [
            ("10s", 10_000_000_000), ("1m30s", 90_000_000_000), ("250ms", 250_000_000),
            ("1h", 3_600_000_000_000), ("5us7ns", 5_007), ("0s", 0),
        ] as [(String, UInt64)]
    )
    func time(text: String, nanoseconds: UInt64) {
        #expect(TimeSpan(text)?.nanoseconds == nanoseconds)
    }

    @Test(
        "what is no length of time",
        arguments: ["", "10", "s", "1d", "1.5s", "-1s", "99999999999999h"]
    )
    func noTime(text: String) { #expect(TimeSpan(text) == nil) }
}
