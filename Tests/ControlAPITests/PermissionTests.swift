@testable import ControlAPI
import Glibc
import NIOHTTP1
import TestKit
import Testing

// Goal: the group reads, root and the owner change, nobody else does anything.
// Method: the rule as a table; then a real user without rights, through curl.
@Suite("Control socket permissions")
struct PermissionTests {
    @Test(
        "only root and the daemon's own user may change",
        arguments: [
            (.get, 0, true), (.get, 990, true), (.get, 1000, true), (.get, .max, true),
            (.put, 0, true), (.put, 990, true), (.put, 1000, false), (.put, .max, false),
            (.post, 0, true), (.post, 990, true), (.post, 991, false),
            (.delete, 0, true), (.delete, 990, true), (.delete, 989, false),
        ] as [(ControlMethod, UInt32, Bool)]
    )
    func table(method: ControlMethod, userID: UInt32, isAllowed: Bool) {
        let peer = PeerCredentials(userID: userID, groupID: 990, processID: 7)
        #expect(Permission(ownerID: 990).allows(method, by: peer) == isAllowed)
    }

    @Test("a refusal comes before a byte of the body, and says what to do")
    func refusedByHead() throws {
        let head = HTTPRequestHead(version: .http1_1, method: .DELETE, uri: "/x")
        let result = RequestAssembly.check(
            head,
            peer: PeerCredentials(userID: 1000, groupID: 1000, processID: 7),
            permission: Permission(ownerID: 990),
            limits: ControlLimits()
        )
        guard case .failure(let refusal) = result else {
            Issue.record("was not refused")
            return
        }
        #expect(refusal.status == 403)
        #expect(refusal.message == "user 1000 may read; to change, become root")
    }

    @Test(
        "a stranger is told by the file's mode, and by the server if the mode lets him in",
        .enabled(
            if: Requirement.curl.isMet && Requirement.setpriv.isMet,
            "\(Requirement.curl.comment)"
        )
    )
    func stranger() async throws {
        let setpriv = try Requirement.setpriv.path()
        let curl = try Requirement.curl.path()
        try await withServer(EchoHandler()) { path in
            let folder = String(path.dropLast(2))
            chmod(folder, 0o755)
            func ask(_ method: String) async throws -> String {
                try await runAside(
                    setpriv,
                    [
                        "--reuid=65534", "--regid=65534", "--clear-groups", curl, "-s", "-X",
                        method, "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", path,
                        "http://localhost/x",
                    ]
                )
            }
            guard try await ask("GET") == "000" else {
                return  // Not root here, so setpriv could not change the user.
            }
            chmod(path, 0o666)
            #expect(try await ask("GET") == "200")
            #expect(try await ask("DELETE") == "403")
        }
    }
}

extension Requirement {
    static let setpriv = program("setpriv", variable: "SWIFTLET_SETPRIV", candidates: [])
}
