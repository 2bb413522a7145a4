import Daemon
import Images
import Lifecycle
import Supervisor
import Testing
import Uplink

// Goal: an operator's file is taken as meant, or refused by key and line. Method: tables.
@Suite("swiftletd.yaml")
struct DaemonConfigurationTests {
    private func read(_ text: String) throws(ConfigurationError) -> DaemonConfiguration {
        try DaemonConfiguration(yaml: Array(text.utf8))
    }

    @Test("the least file is a name")
    func least() throws {
        let configuration = try read("node: {name: gw-1}\n")
        #expect(configuration.nodeName == "gw-1")
        #expect(configuration.layout.database == "/var/lib/swiftlet/state.db")
        #expect(configuration.layout.socket == "/run/swiftlet/swiftletd.sock")
        #expect(configuration.broker == nil)
        #expect(!configuration.requiresSandbox)
        #expect(configuration.images.pullUser == "swiftlet-pull")
    }

    @Test("the user of pulls is a name or a number, and not root")
    func pullUser() throws {
        for (text, user) in [("puller", "puller"), ("64998", "64998"), ("_p-1", "_p-1")] {
            let configuration = try read("node: {name: gw-1}\nimages: {pullUser: \(text)}\n")
            #expect(configuration.images.pullUser == user)
        }
        for text in ["root", "0", "-1", "4294967295", "\"\"", "\"a b\"", "\"a:0\"", "[a]", "\"ä\""]
        {
            let error = #expect(throws: ConfigurationError.self, "\(text)") {
                try read("node: {name: gw-1}\nimages: {pullUser: \(text)}\n")
            }
            #expect("\(error, default: "")".contains("images.pullUser"), "\(text)")
        }
    }

    @Test("every key is taken")
    func whole() throws {
        let configuration = try read(
            """
            node: {name: gw-1, labels: {site: north}}
            directories: {state: /s, run: /r/, logs: /l, manifests: /m, layouts: /o}
            broker:
              url: mqtts://broker.example
              username: gw-1
              passwordFile: /p
              caFile: /ca
              certificateFile: /c
              keyFile: /k
              prefix: other/v1
              clientID: x
              protocol: 3.1.1
              keepAliveSeconds: 30
              alpn: mqtt
              replies: {maxSize: 2Mi, bytesPerSecond: 8Ki}
            trust: {keys: [/t.pub]}
            programs: {directory: /opt/bin}
            volumes: {hostPathRoots: [/srv], persistentVolumes: {default/data: /srv/data/}}
            logs: {maxSize: 1Mi, maxFiles: 3}
            control: {group: 12}
            images: {plainHTTP: ["127.0.0.1:5000"]}
            requireSandbox: true
            """
        )
        #expect(configuration.requiresSandbox)
        #expect(configuration.layout.run == "/r")
        #expect(configuration.layout.layouts == "/o")
        #expect(configuration.broker?.url.port == 8_883)
        #expect(configuration.broker?.version == .v311)
        #expect(configuration.broker?.alpn == "mqtt")
        #expect(configuration.broker?.replies.replyBytesMax == 2 << 20)
        #expect(configuration.broker?.replies.replyBytesPerSecond == 8 << 10)
        #expect(configuration.trustedKeys == ["/t.pub"])
        #expect(configuration.logFileBytesMax == 1 << 20)
        #expect(configuration.hostPathRoots == ["/srv"])
        #expect(configuration.persistentVolumes == ["default/data": "/srv/data"])
        #expect(configuration.programsDirectory == "/opt/bin")
        #expect(configuration.controlGroup == 12)
    }

    @Test("registries are reached as the operator says")
    func registries() throws {
        let text = """
            node: {name: gw-1}
            images:
              registries:
                - {prefix: reg.example/team, mirrors: ["http://10.0.0.1:5000"], caFile: /ca.pem,
                   certificateFile: /c.pem, keyFile: /k.pem}
                - {prefix: "bench:5000", plainHTTP: true}
              plainHTTP: ["127.0.0.1:5000", "bench:5000"]
              credentialsFile: /etc/swiftlet/registries.json
              maxBytesPerSecond: 128Ki
              pullWindows: ["22:00-05:30"]

            """
        let images = try read(text).images
        let rules = images.registries.rules
        #expect(rules.map(\.prefix) == ["reg.example/team", "bench:5000", "127.0.0.1:5000"])
        #expect(rules[0].mirrors.map(\.text) == ["http://10.0.0.1:5000"])
        #expect(rules[0].authorityFile == "/ca.pem" && rules[0].keyFile == "/k.pem")
        #expect(rules.map(\.usesPlainHTTP) == [false, true, true])
        #expect(images.registries.credentialsFile == "/etc/swiftlet/registries.json")
        #expect(images.registries.byteCountPerSecondMax == 128 << 10)
        #expect(images.pullWindows.windows == [PullWindows.Window("22:00-05:30")])
    }

    @Test(
        "what is wrong about registries is named",
        arguments: [
            ("registries: [{mirrors: []}]", "images.registries[0].prefix"),
            ("registries: [{prefix: \"a b\"}]", "images.registries[0].prefix"),
            ("registries: [{prefix: a, mirrors: [b]}]", "images.registries[0].mirrors[0]"),
            ("registries: [{prefix: a, mirror: [b]}]", "mirrors"),
            ("registries: [{prefix: a, keyFile: /k}]", "images.registries[0].certificateFile"),
            ("registries: [{prefix: a}, {prefix: a}]", "images.registries[1].prefix"),
            ("registries: [{prefix: a, caFile: ca.pem}]", "images.registries[0].caFile"),
            ("maxBytesPerSecond: 12", "images.maxBytesPerSecond"),
            ("pullWindows: [\"25:00-26:00\"]", "images.pullWindows[0]"),
        ]
    )
    func wrongRegistries(text: String, named: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try read("node: {name: gw-1}\nimages: {\(text)}\n")
        }
        #expect(error?.description.contains(named) == true, "\(String(describing: error))")
    }

    @Test("images are kept as the kubelet keeps them, unless told otherwise")
    func images() throws {
        let standard = try read("node: {name: gw-1}\n").images
        #expect(standard.collection == ImageCollection() && standard.layoutRoots.isEmpty)
        let text = """
            node: {name: gw-1}
            images:
              {layoutRoots: [/srv/a], highThresholdPercent: 70, lowThresholdPercent: 60,
               minimumAgeSeconds: 5}
            """
        let told = try read(text).images
        #expect(told.layoutRoots == ["/srv/a"])
        #expect(
            told.collection
                == ImageCollection(
                    highThresholdPercent: 70,
                    lowThresholdPercent: 60,
                    minimumAgeSeconds: 5
                )
        )
        let low = try read("node: {name: gw-1}\nimages: {highThresholdPercent: 40}\n").images
        #expect(low.collection.lowThresholdPercent == 40)
    }

    @Test("rules about signatures are read, and a key that is none is named")
    func signatures() throws {
        let text = """
            node: {name: gw-1}
            images:
              signatures:
                - {prefix: "", policy: none}
                - {prefix: ghcr.io/a, policy: require, keys: [/etc/hostname], signedAs: b/c}
            """
        let images = try read(text).images
        #expect(images.signatures.map(\.mode) == [.none, .require])
        #expect(images.signatures[1].keyFiles == ["/etc/hostname"])
        #expect(images.signatures[1].signedAs == "b/c")
        #expect {
            try images.signaturePolicy()
        } throws: { "\($0)".contains("/etc/hostname") && "\($0)".contains("public key") }
    }

    @Test(
        "what is wrong is named with its key and line",
        arguments: [
            ("{}\n", "node: Required value"),
            ("node: {name: GW}\n", "node.name: must be an RFC 1123 label"),
            (
                "node: {name: a}\nimages: {highThresholdPercent: 101}\n",
                "images.highThresholdPercent: Invalid value: 101"
            ),
            (
                "node: {name: a}\nimages: {highThresholdPercent: 50, lowThresholdPercent: 60}\n",
                "must not be more than highThresholdPercent, which is 50 (line 2)"
            ),
            (
                "node: {name: a}\nimages: {signatures: [{prefix: a, policy: maybe}]}\n",
                "images.signatures[0].policy: must be none, warn, require (line 2)"
            ),
            (
                "node: {name: a}\nimages: {signatures: [{prefix: a, policy: warn}]}\n",
                "images.signatures[0].keys: Required value"
            ),
            (
                "node: {name: a}\nimages: {signatures: [{prefix: \"oci:/a\", policy: warn, keys: [/k]}]}\n",
                "images.signatures[0].signedAs: Required value"
            ),
            ("node: {name: a}\nimages: {layoutRoots: [x]}\n", "images.layoutRoots[0]"),
            (
                "node: {name: a}\nimages: {lowThresholdPercnt: 1}\n",
                "did you mean lowThresholdPercent?"
            ),
            ("node: {name: a}\nbrokr: {}\n", "brokr: unknown field; did you mean broker? (line 2)"),
            ("node: {name: a}\ndirectories: {sate: /x}\n", "did you mean state?"),
            ("node: {name: a}\ndirectories: {state: x}\n", "must be an absolute path"),
            ("node: {name: a}\nbroker: {}\n", "broker.url: Required value"),
            ("node: {name: a}\nbroker: {url: 'http://x'}\n", "broker.url: broker URL"),
            ("node: {name: a}\nbroker: {url: 'mqtt://x', protocol: 4}\n", "broker.protocol"),
            ("node: {name: a}\nbroker: {url: 'mqtt://x', prefix: 'a/#'}\n", "wildcards"),
            ("node: {name: a}\nlogs: {maxSize: many}\n", "logs.maxSize: must be a number of bytes"),
            (
                "node: {name: a}\nbroker: {url: 'mqtt://x', alpn: mqtt}\n",
                "broker.alpn: needs a url"
            ),
            ("node: {name: a}\nbroker: {url: 'mqtt://x', pskFile: /p}\n", "broker.pskFile: needs"),
            (
                "node: {name: a}\nbroker: {url: 'mqtts://x', pskFile: /p, caFile: /c}\n",
                "exclude each other"
            ),
            (
                "node: {name: a}\nbroker: {url: 'mqtts://x', certificateFile: /c}\n",
                "broker.certificateFile: needs keyFile"
            ),
            (
                "node: {name: a}\nbroker: {url: 'mqtts://x', httpProxy: 'http://p:3128'}\n",
                "broker.httpProxy: MQTT does not go through an HTTP proxy"
            ),
            ("node: {name: a}\nbroker: {url: 'wss://x'}\n", "WebSockets"),
            ("node: {name: a}\ntrust: {keys: []}\n", "trust.keys: must name a key"),
            ("node: [\n", "line"),
            ("node: {name: a}\n---\nnode: {name: b}\n", "one YAML document"),
        ]
    )
    func wrong(text: String, part: String) {
        do {
            _ = try read(text)
            Issue.record("was taken")
        } catch {
            #expect(error.description.contains(part), "\(error)")
        }
    }
}
