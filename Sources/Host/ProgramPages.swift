internal import CLinux

/// The pages of this program and its libraries.
public enum ProgramPages {
    /// Gives back what only the start needed.
    ///
    /// The kernel maps 16 pages around each that is touched, and what is mapped counts for us and is
    /// kept when memory is short. What is used comes back by itself.
    ///
    /// - Returns: The bytes of pages that were let go of, whether they were in memory or not.
    @discardableResult
    public static func letGo() -> Int {
        swiftlet_let_go_of_program()
    }
}
