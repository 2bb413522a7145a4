import Documents
import TestKit
import Testing

@testable import Operator

// Goal: templates give what kubectl gives, and a bad one says where it is bad. Method: tables, after
// the examples of the Kubernetes documentation ("JSONPath Support"), and made-up rubbish.
@Suite("JSONPath")
struct JSONPathTests {
    private static let list = json(
        """
        {"kind":"List","items":[
          {"kind":"None","metadata":{"name":"127.0.0.1","labels":{"kubernetes.io/hostname":"127.0.0.1"}},
           "status":{"capacity":{"cpu":"4"},"addresses":[{"type":"LegacyHostIP","address":"127.0.0.1"}]}},
          {"kind":"None","metadata":{"name":"127.0.0.2"},
           "status":{"capacity":{"cpu":"8"},"count":3,"ready":true,
            "addresses":[{"type":"LegacyHostIP","address":"127.0.0.2"},{"type":"another","address":"127.0.0.3"}]}}],
         "users":[{"name":"myself","user":{}},{"name":"e2e","user":{"username":"admin","password":"secret"}}]}
        """
    )

    @Test(
        "a template makes what kubectl makes of it",
        arguments: [
            ("{.kind}", "List"),
            ("{@.kind}", "List"),
            ("{$.kind}", "List"),
            (".kind", "List"),
            ("kind", "List"),
            ("{['kind']}", "List"),
            ("text", ""),
            ("a {.kind} b", "a List b"),
            ("{..name}", "127.0.0.1 127.0.0.2 myself e2e"),
            ("{.items[*].metadata.name}", "127.0.0.1 127.0.0.2"),
            ("{.items[0]['kind','status'].capacity}", #"{"cpu":"4"}"#),
            ("{.items[1].metadata.name}", "127.0.0.2"),
            ("{.items[-1].metadata.name}", "127.0.0.2"),
            ("{.items[0:1].metadata.name}", "127.0.0.1"),
            ("{.items[:2].metadata.name}", "127.0.0.1 127.0.0.2"),
            ("{.items[0:2:2].metadata.name}", "127.0.0.1"),
            ("{.items[7].metadata.name}", ""),
            ("{.items[9:3].metadata.name}", ""),
            (#"{.users[?(@.name=="e2e")].user.password}"#, "secret"),
            ("{.users[?(@.name=='e2e')].user.password}", "secret"),
            (#"{.users[?(@.name!="e2e")].name}"#, "myself"),
            ("{.items[?(@.status.count>2)].metadata.name}", "127.0.0.2"),
            ("{.items[?(@.status.count<=2)].metadata.name}", ""),
            ("{.items[?(@.status.ready==true)].metadata.name}", "127.0.0.2"),
            ("{.items[?(@.status.ready)].metadata.name}", "127.0.0.2"),
            (
                #"{range .items[*]}{.metadata.name}{"\t"}{.status.capacity.cpu}{"\n"}{end}"#,
                "127.0.0.1\t4\n127.0.0.2\t8\n"
            ),
            (
                "{range .items[*]}[{range .status.addresses[*]}{.address},{end}]{end}",
                "[127.0.0.1,][127.0.0.2,127.0.0.3,]"
            ),
            ("{range .items[*]}{$.kind} {end}", "List List "),
            (#"{.items[0].metadata.labels.kubernetes\.io/hostname}"#, "127.0.0.1"),
            ("{.items[1].status.count} {.items[1].status.ready}", "3 true"),
            ("{.users[0].user}", "{}"),
            ("{.nothing.here}", ""),
            ("{.items[*].status.addresses[?(@.type=='another')].address}", "127.0.0.3"),
            ("{ .kind }", "List"),
        ]
    )
    func values(template: String, text: String) throws {
        #expect(try JSONPath(template).text(Self.list) == text)
    }

    @Test(
        "a bad template is refused with the place",
        arguments: [
            ("{.kind", "\"}\" expected, at character 7"),
            ("{range .items[*]}{.kind}", "\"{\" expected"),
            ("{.kind}{end}", "end without range"),
            ("{.items[}", "an index, a name in quotes, * or ?( expected"),
            ("{.items[0}", "\"]\" expected"),
            ("{.items[?(@.a==)]}", "a text in quotes, a whole number, true or false expected"),
            ("{.items[?(@.a=~\"x\")]}", "regular expressions are not supported"),
            ("{.items[0:1:0]}", "the step of a slice must be above zero"),
            ("{.items[99999999999]}", "99999999999 is no index"),
            (#"{"\x"}"#, #"\x is no escape"#),
            (#"{"open}"#, "a quote is not closed"),
        ]
    )
    func refusals(template: String, reason: String) throws {
        let error = #expect(throws: OperatorError.self) { try JSONPath(template) }
        let message = try #require(error?.description)
        #expect(message.hasPrefix("jsonpath: \(reason)"))
        #expect(error?.exitCode == 64)
    }

    @Test("ranges in ranges and long templates have an end")
    func bounds() {
        let deep = String(repeating: "{range .items[*]}", count: 10)
        #expect(throws: OperatorError.self) {
            try JSONPath(deep + String(repeating: "{end}", count: 10))
        }
        #expect(throws: OperatorError.self) {
            try JSONPath(String(repeating: "x", count: 5_000) + "{.a}")
        }
    }

    @Test("rubbish is refused or means something, and never more")
    func rubbish() {
        var random = SeededGenerator(seed: 41)
        let letters = Array("{}[].,:*?@$'\"\\()=!<>~ anrged0129-end range")
        for _ in 0..<20_000 {
            let count = Int(random.next() % 24)
            let template = String(
                (0..<count).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
            )
            guard let path = try? JSONPath(template) else { continue }
            // What it means is not the point: it ends, and what it says comes from the document.
            #expect(path.text(Self.list).utf8.count < 1 << 20)
        }
    }
}
