/// A mistake that a supervisor could make, put in on purpose: each must be found, else the simulation
/// proves nothing.
public enum Flaw: String, CaseIterable, Sendable {
    /// What was decided is done before it is written down.
    case actsBeforeWriting
    /// What was acknowledged is gone after a power cut.
    case losesAcknowledged
    /// An older version replaces a newer one.
    case takesStaleVersions
    /// Time is told by the wall clock.
    case trustsWallClock
    /// Records of an earlier life are not read.
    case forgetsRecords
    /// A process that goes on is not looked for.
    case overlooksProcesses
    /// The end of a process is never told.
    case missesEnds
    /// The last version that was good is not known any more after a start of the daemon.
    case forgetsLastGood
}
