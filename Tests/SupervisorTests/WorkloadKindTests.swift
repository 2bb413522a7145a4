import Images
import Testing

@testable import Supervisor

// Goal: what crun and runwasi run as wasm is run here, and nothing native is run by mistake. Method:
// every combination of handler, variant, type, name and content, against the rules written again as a
// list of conditions.
@Suite("What a container is")
struct WorkloadKindTests {
    private static let handlers: [String?] = [
        nil, "wasm", "wasmedge", "wasmtime", "wasmer", "wamr", "wasm-smart", "crun", "krun", "",
    ]
    private static let variants: [String?] = [nil, "compat", "compat-smart", "other", ""]
    private static let names = [
        "/app.wasm", "/app.wasm#init", "app.wat", "/bin/sh", "app.wasm.bin", "",
    ]
    private static let contents: [ProgramKind?] = [nil, .module, .component, .native, .other]

    private func kind(
        _ annotations: [String: String?],
        _ name: String,
        _ content: ProgramKind?
    ) -> WorkloadKind {
        WorkloadKind(
            annotations: annotations.compactMapValues(\.self),
            name: name,
            content: content
        )
    }

    @Test("every combination")
    func table() {
        var count = 0
        for handler in Self.handlers {
            for variant in Self.variants {
                for type in [nil, "container", "sandbox"] {
                    for name in Self.names {
                        for content in Self.contents {
                            let annotations = [
                                "run.oci.handler": handler, "module.wasm.image/variant": variant,
                                "io.kubernetes.cri.container-type": type,
                            ]
                            let isRun = kind(annotations, name, content) == .webAssembly
                            let looks = Self.looksLikeWasm(name, content)
                            let wanted =
                                type != "sandbox" && content != .native
                                && (handler == nil
                                    ? variant == "compat" || looks
                                    : handler == "wasm-smart"
                                        ? looks : handler?.hasPrefix("wa") == true)
                            #expect(
                                isRun == wanted,
                                "\(annotations) \(name) \(String(describing: content))"
                            )
                            count += 1
                        }
                    }
                }
            }
        }
        #expect(count == 10 * 5 * 3 * 6 * 5)
    }

    private static func looksLikeWasm(_ name: String, _ content: ProgramKind?) -> Bool {
        if content == .module { return true }
        if content == .component { return false }
        return name.hasPrefix("/app.wasm") || name.hasPrefix("app.wat")
    }

    @Test(
        "what is not run says why",
        arguments: [
            (["run.oci.handler": "krun"], "/a.wasm", ProgramKind.module, "krun"),
            (["module.wasm.image/variant": "compat"], "/bin/nginx", .native, "/bin/nginx"),
            (["module.wasm.image/variant": "compat-smart"], "/bin/nginx", .native, "native"),
            ([:], "/run.sh", .other, "\\0asm"), ([:], "/c.wasm", .component, "component"),
        ] as [([String: String], String, ProgramKind, String)]
    )
    func reasons(
        annotations: [String: String],
        name: String,
        content: ProgramKind,
        word: String
    ) {
        guard case .unsupported(let reason) = kind(annotations, name, content) else {
            Issue.record("it is run")
            return
        }
        #expect(reason.contains(word))
    }
}
