import Documents
import Testing

@testable import Operator

// Goal: every format says the same objects, and scripts can read all but the tables.
// Method: golden text; JSON and YAML are read back.
@Suite("Output formats")
struct ObjectPrinterTests {
    private let pods = [
        json(
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"counter","namespace":"default",
             "creationTimestamp":"2026-11-23T07:00:00Z"},
             "spec":{"nodeName":"demo","containers":[{"name":"c","image":"oci:examples:counter"}]},
             "status":{"phase":"Running","podIP":"127.64.0.1","containerStatuses":[
              {"name":"c","ready":true,"restartCount":0,"state":{"running":{}}}]}}
            """
        ),
        json(
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"shop"},
             "spec":{"containers":[{"name":"x","image":"oci:a"},{"name":"y","image":"oci:b"}]},
             "status":{"phase":"Pending"}}
            """
        ),
    ]

    private let node = json(
        """
        {"kind":"Node","metadata":{"name":"gw-1","creationTimestamp":"2026-11-20T07:30:00Z",
         "labels":{"node-role.kubernetes.io/edge":"","node-role.kubernetes.io/agent":"","x":"y"}},
         "status":{"conditions":[{"type":"Ready","status":"True"}],
          "addresses":[{"type":"Hostname","address":"gw-1"},
                       {"type":"InternalIP","address":"10.0.0.5"}],
          "nodeInfo":{"kubeletVersion":"v1.34.0-swiftlet.0.1.0","osImage":"Debian 12",
           "kernelVersion":"6.1.0","architecture":"arm64","containerRuntimeVersion":"swiftlet://0.1.0"}}}
        """
    )

    @Test("the table of pods")
    func table() {
        #expect(
            print(.table) == """
                NAME      READY   STATUS    RESTARTS   AGE
                counter   1/1     Running   0          30m
                a         0/2     Pending   0          <unknown>

                """
        )
    }

    @Test("the wide table, with namespaces")
    func wide() {
        var printer = printer(.wide)
        printer.showsNamespace = true
        #expect(
            printer.text(pods) == """
                NAMESPACE   NAME      READY   STATUS    RESTARTS   AGE         IP           NODE     IMAGE
                default     counter   1/1     Running   0          30m         127.64.0.1   demo     oci:examples:counter
                shop        a         0/2     Pending   0          <unknown>   <none>       <none>   oci:a,oci:b

                """
        )
    }

    @Test("names alone")
    func names() {
        #expect(print(.name) == "pod/counter\npod/a\n")
    }

    @Test("JSON and YAML hold every field of every object, in a v1.List")
    func lists() throws {
        let list = try Document(jsonText: print(.json))
        #expect(list["kind"] == "List")
        #expect(list["apiVersion"] == "v1")
        #expect(list["items"]?.array == pods)
        let yaml = try Document.yaml(text: print(.yaml))
        #expect(yaml == [list])
    }

    @Test("one object that was asked for by name is written itself")
    func single() throws {
        var printer = printer(.json)
        printer.isSingle = true
        #expect(try Document(jsonText: printer.text([pods[0]])) == pods[0])
        #expect(printer.text([pods[0]]).contains(#""name": "counter""#))
    }

    @Test("the tables of nodes")
    func nodes() {
        let printer = ObjectPrinter(kind: .nodes, format: .wide, now: Collector.now)
        #expect(
            printer.text([node]).split(separator: "\n").map { $0.split(separator: " ").count }
                == [10, 11]
        )
        let narrow = ObjectPrinter(kind: .nodes, format: .table, now: Collector.now)
        #expect(
            narrow.text([node]) == """
                NAME   STATUS   ROLES        AGE   VERSION
                gw-1   Ready    agent,edge   3d    v1.34.0-swiftlet.0.1.0

                """
        )
    }

    @Test(
        "a node is ready only when it says so",
        arguments: [
            (#"[{"type":"Ready","status":"True"}]"#, false, "Ready"),
            (#"[{"type":"Ready","status":"False"}]"#, false, "NotReady"),
            (#"[{"type":"Ready","status":"Unknown"}]"#, false, "Unknown"),
            ("[]", false, "Unknown"),
            (#"[{"type":"Ready","status":"True"}]"#, true, "Ready,SchedulingDisabled"),
        ]
    )
    func nodeStatus(conditions: String, isCordoned: Bool, expected: String) {
        let node = json(
            #"{"spec":{"unschedulable":\#(isCordoned)},"status":{"conditions":\#(conditions)}}"#
        )
        #expect(NodeSummary(node).status == expected)
    }

    private func printer(_ format: OutputFormat) -> ObjectPrinter {
        ObjectPrinter(kind: .pods, format: format, now: Collector.now)
    }

    private func print(_ format: OutputFormat) -> String { printer(format).text(pods) }
}
