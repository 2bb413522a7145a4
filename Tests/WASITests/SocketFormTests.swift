import TestKit
import Testing
import Wasm

@testable import WASI

// Goal: a module that was built for any version of WasmEdge's extension gets the form that it means.
// Method: the table of names and numbers of parameters, asked of the choice itself; then programs whose
// rows use each second form, chosen by name and by type.
@Suite("The two forms of WasmEdge's functions", .timeLimit(.minutes(2)))
struct SocketFormTests {
    // Source: WasmEdge, wasifunc.h: names, the parameters of the first form and of the second.
    private static let forms: [(name: String, first: Int, second: Int)] = [
        ("sock_open", 3, 3), ("sock_bind", 3, 3), ("sock_listen", 2, 2), ("sock_accept", 2, 3),
        ("sock_connect", 3, 3), ("sock_recv", 6, 6), ("sock_recv_from", 7, 8), ("sock_send", 5, 5),
        ("sock_send_to", 7, 7), ("sock_getlocaladdr", 4, 3), ("sock_getpeeraddr", 4, 3),
    ]
    private static let single = [
        ("sock_shutdown", 2), ("sock_getsockopt", 5), ("sock_setsockopt", 5),
        ("sock_getaddrinfo", 8), ("epoll_oneoff", 4),
    ]

    private func type(_ count: Int) -> FunctionType {
        FunctionType(parameters: Array(repeating: .i32, count: count), results: [.i32])
    }

    private func bound(_ name: String, _ count: Int) -> (name: String, count: Int)? {
        Preview1Function.function(name, type(count)).map { ($0.name, $0.type.parameters.count) }
    }

    @Test("each name has both forms, the plain one by type, the other also by its own name")
    func forms() throws {
        for form in Self.forms {
            for count in [form.first, form.second] {
                let found = try #require(bound(form.name, count))
                #expect(found == (form.name, count))
            }
            let second = try #require(bound(form.name + "_v2", form.second))
            #expect(second == (form.name + "_v2", form.second))
            // A type that neither has is told about, by the first form's type.
            #expect(try #require(bound(form.name, 1)).count != 1)
        }
    }

    @Test("the others have one form, and there are no more")
    func others() throws {
        for (name, count) in Self.single {
            #expect(try #require(bound(name, count)) == (name, count))
            #expect(bound(name + "_v2", count) == nil)
        }
        let known = Self.forms.flatMap { [$0.name, $0.name + "_v2"] } + Self.single.map(\.0)
        let names = Preview1Function.wasmEdge.map(\.name)
        #expect(Set(names).isSubset(of: known))
        #expect(bound("sock_no_such", 2) == nil)
    }

    @Test(
        "each second form does what its row says",
        .enabled(
            if: Requirement.clang.isMet && Requirement.programs.isMet,
            "\(Requirement.clang.comment); \(Requirement.programs.comment)"
        ),
        arguments: ["socketssecond", "socketsbytype"]
    )
    func rows(name: String) throws {
        let result = try GuestProgram(name).run()
        let rows = result.standardOutput.split(separator: "\n")
        for row in rows { #expect(row.hasPrefix("ok "), "\(row)") }
        #expect(rows.count >= 59, "\(rows.count) rows")
        #expect(result.exitCode == 0)
    }
}
