import Host
import KubeModel
import Lifecycle
import Testing

@testable import Supervisor

// Goal: every way a run can end is told as kubectl users know it. Method: a table.
@Suite("Endings")
struct EndingTests {
    private func ending(
        _ exit: ProcessExit,
        _ record: ExitRecord? = nil,
        isReboot: Bool = false
    )
        -> Ending
    {
        Ending(
            exit: exit,
            record: record,
            isReboot: isReboot,
            now: Timestamp(nanosecondsSinceEpoch: 5),
            containerID: "swiftlet://u/c/1"
        )
    }

    @Test(
        "what the runner wrote down counts",
        arguments: [
            (.completed, 0, "Completed"), (.error, 3, "Error"), (.trap, 134, "Error"),
            (.outOfMemory, 134, "OOMKilled"), (.timeLimit, 134, "Error"),
            (.fuelExhausted, 134, "Error"), (.loadError, 1, "StartError"),
        ] as [(ExitRecord.Reason, Int32, String)]
    )
    func recorded(reason: ExitRecord.Reason, code: Int32, shown: String) {
        let record = ExitRecord(
            exitCode: code,
            reason: reason,
            message: "why",
            startedAtNanoseconds: 1,
            finishedAtNanoseconds: 2
        )
        let event = ending(.unknown, record).event
        #expect(event.termination.reason == shown)
        #expect(event.termination.exitCode == code)
        #expect(event.termination.message == "why")
        #expect(event.isLoadError == (reason == .loadError))
    }

    @Test("without a record: what the kernel said, else 137")
    func unrecorded() {
        #expect(ending(.unknown).event.termination.exitCode == 137)
        #expect(ending(.unknown).event.termination.message == "no exit record")
        #expect(ending(.signalled(number: 11)).event.termination.exitCode == 139)
        #expect(ending(.signalled(number: 11)).event.termination.signal == 11)
        #expect(ending(.exited(code: 64)).event.termination.exitCode == 64)
        #expect(ending(.unknown, isReboot: true).event.isReboot)
    }

    @Test("a uid from the network names a folder only if it is harmless")
    func uids() {
        #expect(DirectoryLayout.isSafe(uid: "0f3d1d3e-52ff-4f4e-9e57-000000000000"))
        for uid in ["", ".", "..", "../x", "a/b", "a\0b", "ä", String(repeating: "a", count: 129)] {
            #expect(!DirectoryLayout.isSafe(uid: uid), "\(uid)")
        }
    }

    @Test("a control group that reached its memory limit is OOMKilled, and says which limit it was")
    func controlGroup() {
        for exit in [ProcessExit.signalled(number: 9), .unknown] {
            var ending = ending(exit)
            ending.isOutOfMemory = true
            let end = ending.event.termination
            #expect(end.reason == "OOMKilled")
            #expect(end.exitCode == 137)
            #expect(end.message?.contains("memory.max") == true)
        }
        var rebooted = ending(.unknown, isReboot: true)
        rebooted.isOutOfMemory = true
        #expect(rebooted.event.termination.reason == "Error")
    }
}
