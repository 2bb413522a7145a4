import Glibc

// This file is a fence: one call that takes a C string and fills in a structure.

/// When files were written.
enum FileTime {
    /// When the file's bytes were last changed, in nanoseconds since 1970; `nil` without a file.
    static func modified(_ path: String) -> Int64? {
        var facts = stat()
        // Safety: the path is a Swift string and the structure a local; both outlive the call.
        guard unsafe stat(path, &facts) == 0 else { return nil }
        let (whole, overflow) = Int64(facts.st_mtim.tv_sec)
            .multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? nil : whole &+ Int64(facts.st_mtim.tv_nsec)
    }
}
