import Documents
import Testing

@testable import Operator

// Goal: what stands behind a verb chooses exactly the objects that kubectl would choose, or is
// refused with what to write. Method: tables of words; labels against every kind of rule.
@Suite("Choosing objects")
struct SelectionTests {
    @Test(
        "kinds, names and both at once are read as one selection a kind",
        arguments: [
            (["pods"], ["pods"]), (["po", "web"], ["pods web"]),
            (["pods", "a", "b"], ["pods a b"]), (["pod/web"], ["pods web"]),
            (["pods,cm"], ["pods", "configmaps"]), (["cm,po,pods"], ["configmaps", "pods"]),
            (["pod/a", "cm/b", "pods/c"], ["pods a c", "configmaps b"]),
            (["pods,cm", "x"], ["pods x", "configmaps x"]),
            (["all"], ["pods", "configmaps", "secrets"]),
            (["secrets,all"], ["secrets", "pods", "configmaps"]),
        ]
    )
    func read(words: [String], expected: [String]) throws {
        let selections = try Selection.read(words, namespace: "shop")
        #expect(
            selections.map { ([$0.kind.rawValue] + $0.names).joined(separator: " ") } == expected
        )
        #expect(selections.allSatisfy { $0.namespace == "shop" && $0.labels == nil })
    }

    @Test(
        "what chooses nothing is refused with what to write",
        arguments: [
            ([], "s", false, "say what: pods"), (["things"], "s", false, "\"things\" is no kind"),
            (["pods,"], "s", false, "\"\" is no kind"), (["pods", "Web"], "s", false, "\"Web\""),
            (["pod/a", "b"], "s", false, "pod/b"), (["thing/a"], "s", false, "kinds are pods"),
            (["pods", "web"], nil, false, "-A"), (["pod/web"], nil, false, "-A"),
            (["pods", "web"], "s", true, "-l"), (["pod/a/b"], "s", false, "pod/a/b"),
        ] as [([String], String?, Bool, String)]
    )
    func refused(words: [String], namespace: String?, hasLabels: Bool, part: String) throws {
        let labels = hasLabels ? try LabelSelector("app") : nil
        let error = #expect(throws: OperatorError.self) {
            try Selection.read(words, namespace: namespace, labels: labels)
        }
        #expect(error?.exitCode == 64)
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    private static let labels = #"{"app":"web","tier":"edge","empty":"","site.example/row":"3"}"#

    @Test(
        "labels match as Kubernetes says",
        arguments: [
            ("app=web", true), ("app==web", true), ("app = web", true), ("app=db", false),
            ("app!=db", true), ("app!=web", false), ("none!=x", true), ("none=x", false),
            ("app", true), ("none", false), ("!none", true), ("!app", false), ("! app", false),
            ("app in (web,db)", true), ("app in ( db , web )", true), ("app in (db)", false),
            ("app notin (db)", true), ("app notin (web, db)", false), ("none notin (a)", true),
            ("none in (a)", false), ("app=web,tier=edge", true), ("app=web,tier=core", false),
            ("app in (web,db),tier notin (core),!none", true), (" app , tier ", true),
            ("empty=", true), ("empty", true), ("empty in ()", true), ("app=", false),
            ("site.example/row=3", true), ("app in (web),site.example/row", true),
        ]
    )
    func matches(text: String, expected: Bool) throws {
        let labels = json(Self.labels).members ?? []
        #expect(try LabelSelector(text).matches(labels) == expected)
    }

    @Test("an object without labels is chosen by what must not be, and by nothing else")
    func noLabels() throws {
        #expect(try LabelSelector("!app,tier!=x").matches([]))
        #expect(try !LabelSelector("app").matches([]))
    }

    @Test(
        "what is no selector is refused with the part that is none",
        arguments: [
            "", ",", "app,", "=web", "app=a=b", "app in web", "app in (web", "app on (web)",
            "in (web)", "app in (a b)", "app=web tier=edge", "app>3", "a/b/c=d", "!", "!!app",
            "app==!x", "app=x)", "(app)",
        ]
    )
    func badSelector(text: String) {
        let error = #expect(throws: OperatorError.self) { try LabelSelector(text) }
        #expect(error?.exitCode == 64)
        #expect(error?.description.contains("KEY=VALUE") == true)
    }
}
