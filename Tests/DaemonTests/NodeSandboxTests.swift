import Host
import Images
import Supervisor
import TestKit
import Testing

@testable import Daemon

// Goal: pulls run as a user of their own where there is one, and the node says where there is none. Method:
// kernels that can and cannot change users, and names that stand for somebody or nobody.
@Suite("The node's sandbox")
struct NodeSandboxTests {
    private static func kernel(isRoot: Bool) -> KernelSupport {
        KernelSupport(
            landlockVersion: 6,
            hasFilters: true,
            canChangeUser: isRoot,
            canDropBoundingSet: isRoot,
            canLowerOutOfMemoryScore: isRoot,
            ownUser: isRoot ? 0 : 1_000
        )
    }

    @Test("root has pulls run as the user, to whom the store then belongs, and lacks nothing")
    func user() {
        let sandbox = NodeSandbox(
            isRequired: true,
            puller: "64998",
            kernel: Self.kernel(isRoot: true)
        )
        #expect(sandbox.settings.missing.isEmpty)
        #expect(sandbox.pulls.storeOwner?.user == 64_998)
        #expect(sandbox.pulls.storeOwner?.group == 64_998)
    }

    @Test("where there is no such user that is missing, by name, and the store is root's")
    func noUser() {
        let sandbox = NodeSandbox(
            isRequired: true,
            puller: "nobody-has-this-name",
            kernel: Self.kernel(isRoot: true)
        )
        #expect(
            sandbox.settings.missing == [
                "a user of their own for pulls (/etc/passwd has no nobody-has-this-name; they run as "
                    + "user 0)"
            ]
        )
        #expect(sandbox.settings.isRequired)
        #expect(sandbox.pulls.storeOwner?.user == 0)
    }

    @Test("who is not root pulls as himself, gives nothing away, and is told so once")
    func notRoot() {
        for name in ["64998", "nobody-has-this-name"] {
            let sandbox = NodeSandbox(
                isRequired: false,
                puller: name,
                kernel: Self.kernel(isRoot: false)
            )
            #expect(sandbox.settings.missing == ["root (workloads run as user 1000)"])
            #expect(sandbox.pulls.storeOwner == nil)
        }
    }
}
