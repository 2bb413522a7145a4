import Host
import Testing

// Goal: one way to ask for what a program was started with. Method: variables that every process of
// the tests has, or none; nobody may change the environment of a process with threads.
@Suite("The environment")
struct EnvironmentVariableTests {
    @Test("a variable is what it was set to, and one that nobody set is not there")
    func values() {
        #expect(EnvironmentVariable.value("PATH")?.isEmpty == false)
        #expect(EnvironmentVariable.filled("PATH") == EnvironmentVariable.value("PATH"))
        #expect(EnvironmentVariable.value("SWIFTLET_NOBODY_SETS_THIS") == nil)
        #expect(EnvironmentVariable.filled("SWIFTLET_NOBODY_SETS_THIS") == nil)
    }
}
