import Testing

@testable import Host

// Goal: a program that lets go of its pages goes on as before. Method: this process lets go of all of
// its own, while other tests run, and reads what the kernel says of its memory.
@Suite("Pages of a program")
struct ProgramPagesTests {
    @Test("they are let go of, come back when used, and nothing is lost")
    func letGo() throws {
        let values = (0..<1_000).map { "\($0)" }
        // A test program with all of our code is larger than this.
        #expect(ProgramPages.letGo() > 1 << 20)
        #expect(values.joined().count == 2_890)
        #expect(try #require(ProcessMemory.privateBytes()) > 0)
        // Again, with pages that have just come back.
        #expect(ProgramPages.letGo() > 1 << 20)
    }
}
