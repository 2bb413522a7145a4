import Host
import TestKit
import Testing

// Goal: a name stands for the user that the machine knows, never for root, and a file that is not as it
// should be names nobody. Method: files as passwd(5) has them, and as it has not.
@Suite("System users")
struct SystemUserTests {
    private func find(_ name: String, _ text: String) throws -> Confinement.User? {
        try withScratchDirectory { folder in
            try writeFile(folder + "/passwd", text)
            return SystemUser.find(name, in: folder + "/passwd")
        }
    }

    @Test("a user is found by name, with the group of its line")
    func named() throws {
        let text = """
            root:x:0:0:root:/root:/bin/bash
            swiftlet-puller:x:991:991::/:/usr/sbin/nologin
            swiftlet-pull:x:990:989:swiftlet image puller:/:/usr/sbin/nologin

            """
        #expect(try find("swiftlet-pull", text) == Confinement.User(id: 990, group: 989))
        #expect(try find("swiftlet-puller", text)?.id == 991)
        #expect(try find("swiftlet", text) == nil)
        #expect(try find("", text) == nil)
    }

    @Test("a number is a user that nobody needs to have")
    func numbers() throws {
        #expect(try find("64998", "") == Confinement.User(id: 64_998, group: 64_998))
        for text in ["0", "4294967295", "4294967296", "-1", "1:2", " 5"] {
            #expect(try find(text, "") == nil, "\(text)")
        }
    }

    @Test("root, its group and the number for no change are no users of their own")
    func reserved() throws {
        for line in [
            "p:x:0:5::/:/", "p:x:5:0::/:/", "p:x:4294967295:5::/:/", "p:x:5:4294967295::/:/",
        ] {
            #expect(try find("p", line) == nil, "\(line)")
        }
    }

    @Test("lines that are none are passed over, and a file that is not there names nobody")
    func damaged() throws {
        for line in ["p", "p:x:5", "p:x:5:5:::/:/", "p:x:five:5::/:/", "p:x:5:::/:/", "\u{0}"] {
            #expect(try find("p", line) == nil, "\(line)")
        }
        let rest = "p:x:5\n# p\np:x:7:8::/:/bin/sh\n"
        #expect(try find("p", rest) == Confinement.User(id: 7, group: 8))
        #expect(SystemUser.find("p", in: "/nonexistent/passwd") == nil)
        #expect(SystemUser.find("p", in: "/") == nil)
    }
}
