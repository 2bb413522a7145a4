import KubeModel
import Testing

/// `$(NAME)` and fields of the pod reach the container as Kubernetes has it.
@Suite struct EnvironmentTests {
    @Test(arguments: [
        ("", ""), ("a", "a"), ("$(A)", "1"), ("x$(A)y$(B)z", "x1y2z"), ("$(C)", "$(C)"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"), ("$A", "$A"), ("$", "$"), ("$(", "$("), ("$(A", "$(A"), ("$()", "$()"),
        ("$$", "$"), ("a$", "a$"), ("$(A)$", "1$"), ("$(R)", "$(A)"), ("$((A))", "$((A))"),
        ("é$(A)🐦", "é1🐦"),
        ("$(A)(B)", "1(B)"), ("$ (A)", "$ (A)"),
    ])
    func referencesAreReplaced(text: String, expected: String) {
        let values = ["A": "1", "B": "2", "R": "$(A)"]
        #expect(VariableExpansion.expand(text, values) == expected)
    }

    @Test func theEnvironmentIsBuiltInOrder() {
        var container = Container(name: "a", image: "b")
        container.env = [
            EnvironmentVariable(name: "A", value: "1"),
            EnvironmentVariable(name: "B", value: "$(A)$(C)"),
            EnvironmentVariable(name: "C", value: "3"),
            EnvironmentVariable(name: "A", value: "$(A)$(A)"),
            EnvironmentVariable(name: "NAME", value: .field(.name)),
            EnvironmentVariable(name: "LABEL", value: .field(.label("x"))),
            EnvironmentVariable(name: "NONE", value: .field(.annotation("y"))),
            EnvironmentVariable(name: "SECRET", value: .secretKey(ConfigKey(name: "s", key: "k"))),
            EnvironmentVariable(name: "MAP", value: .configMapKey(ConfigKey(name: "m", key: "k"))),
            EnvironmentVariable(name: "IP", value: .field(.podIP)),
        ]
        container.args = ["$(A)", "$(SECRET)", "$(MAP)"]
        let pod = Pod(
            metadata: ObjectMetadata(name: "web", labels: ["x": "y"]),
            spec: PodSpec(containers: [container])
        )
        let environment = container.environment(
            in: pod,
            facts: DownwardFacts(nodeName: "gw", podIP: "127.64.0.1"),
            lookup: { value in
                if case .secretKey(let key) = value { "\(key.name).\(key.key)" } else { nil }
            }
        )
        #expect(
            environment.map { "\($0.name)=\($0.value)" } == [
                "A=11", "B=1$(C)", "C=3", "NAME=web", "LABEL=y", "NONE=", "SECRET=s.k",
                "IP=127.64.0.1",
            ]
        )
        let command = container.expandedCommand(environment)
        #expect(command.command == nil)
        #expect(command.args == ["11", "s.k", "$(MAP)"])
    }

    @Test(
        arguments: [
            ("metadata.name", .name), ("metadata.namespace", .namespace), ("metadata.uid", .uid),
            ("metadata.labels['a.b/c']", .label("a.b/c")),
            ("metadata.annotations['x']", .annotation("x")),
            ("spec.nodeName", .nodeName), ("spec.serviceAccountName", .serviceAccountName),
            ("status.hostIP", .hostIP), ("status.podIP", .podIP), ("metadata.labels", nil),
            ("metadata.labels['']", nil), ("metadata.labels['a", nil), ("status.phase", nil),
            ("", nil),
        ] as [(String, DownwardField?)]
    )
    func fieldPathsAreRead(path: String, expected: DownwardField?) {
        #expect(DownwardField(path: path) == expected)
        if let expected { #expect(expected.path == path) }
    }

    @Test(
        arguments: [
            ([:], [:], .bestEffort), (["cpu": "1"], [:], .burstable),
            ([:], ["memory": "1"], .burstable),
            (["cpu": "1", "memory": "1Gi"], ["cpu": "1", "memory": "1Gi"], .guaranteed),
            (["cpu": "1", "memory": "1Gi"], ["cpu": "1000m", "memory": "1024Mi"], .guaranteed),
            (["cpu": "1", "memory": "1Mi"], ["cpu": "1", "memory": "1Gi"], .burstable),
            (["cpu": "0"], [:], .bestEffort), (["ephemeral-storage": "1"], [:], .bestEffort),
        ] as [([String: String], [String: String], QOSClass)]
    )
    func theClassFollowsFromTheResources(
        requests: [String: String],
        limits: [String: String],
        expected: QOSClass
    ) {
        var container = Container(name: "a", image: "b")
        container.resources.requests = requests.compactMapValues { Quantity($0) }
        container.resources.limits = limits.compactMapValues { Quantity($0) }
        #expect(PodSpec(containers: [container]).qosClass == expected)
        let mixed = PodSpec(containers: [container, Container(name: "c", image: "d")])
        #expect(mixed.qosClass == (expected == .bestEffort ? .bestEffort : .burstable))
    }
}
