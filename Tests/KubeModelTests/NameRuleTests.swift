import Documents
import KubeModel
import Testing

/// Names are what Kubernetes takes for names.
@Suite struct NameRuleTests {
    private static func long(_ count: Int) -> String { String(repeating: "a", count: count) }

    @Test(arguments: [
        ("a", true), ("a-b", true), ("0", true), (long(63), true), (long(64), false), ("", false),
        ("-a", false), ("a-", false), ("A", false), ("a.b", false), ("a_b", false), ("ä", false),
        ("a b", false), ("a/b", false), ("..", false), ("a\u{0}", false),
    ])
    func labels(name: String, isGood: Bool) {
        #expect((NameRule.labelProblem(name) == nil) == isGood)
    }

    @Test(arguments: [
        ("a", true), ("a.b", true), ("a-b.c", true), (long(253), true), (long(254), false),
        ("", false), (".", false), ("a.", false), (".a", false), ("a..b", false), ("a.-b", false),
        ("../etc", false), ("A.b", false),
    ])
    func subdomains(name: String, isGood: Bool) {
        #expect((NameRule.subdomainProblem(name) == nil) == isGood)
    }

    @Test(arguments: [
        ("a", true), ("A_b.c-d", true), ("example.com/a", true), ("swiftlet.dev/Accepted", true),
        ("", false), ("/a", false), ("a/", false), ("a/b/c", false), ("E.com/a", false),
        ("-a", false),
        ("a/\(long(63))", true), ("a/\(long(64))", false),
    ])
    func qualifiedNames(name: String, isGood: Bool) {
        #expect((NameRule.qualifiedNameProblem(name) == nil) == isGood)
    }

    @Test func otherRules() {
        #expect(NameRule.labelValueProblem("") == nil)
        #expect(NameRule.labelValueProblem("a.B_c-1") == nil)
        #expect(NameRule.labelValueProblem("-a") != nil)
        #expect(NameRule.environmentNameProblem("A.b-c_1 x") == nil)
        #expect(NameRule.environmentNameProblem("") != nil)
        #expect(NameRule.environmentNameProblem("a=b") != nil)
        #expect(NameRule.environmentNameProblem("a\nb") != nil)
        #expect(NameRule.configKeyProblem("a.b_C-1") == nil)
        for key in ["", ".", "..", "..a", "a/b", "a b"] {
            #expect(NameRule.configKeyProblem(key) != nil)
        }
        #expect(NameRule.portNameProblem("http-1") == nil)
        for name in ["", "1", "-a", "a-", "a--b", "A", long15 + "a"] {
            #expect(NameRule.portNameProblem(name) != nil)
        }
    }

    private let long15 = "aaaaaaaaaaaaaaa"

    @Test func objectNamesAreCheckedAndOrdered() throws {
        let first = try ObjectName(namespace: "a", name: "z.x")
        let second = try ObjectName(namespace: "b", name: "a")
        #expect(first < second)
        #expect("\(first)" == "a/z.x")
        #expect(throws: FieldError.self) { try ObjectName(namespace: "a.b", name: "a") }
        #expect(throws: FieldError.self) { try ObjectName(namespace: "a", name: "../a") }
        #expect(ObjectKind(plural: "configmaps") == .configMap)
        #expect(ObjectKind(plural: "Pods") == nil)
    }
}
