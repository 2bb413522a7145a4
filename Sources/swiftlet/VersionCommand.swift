import ArgumentParser
import Host
import Operator

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Prints which release this is."
    )

    func run() {
        print("swiftlet \(Release.version)")
    }
}
