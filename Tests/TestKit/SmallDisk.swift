import Glibc

/// A disk of a test's own, gone when the test ends.
public enum SmallDisk {
    /// Mounts an ext4 of so many bytes on a folder that is there; where the kernel has no loop devices, a
    /// tmpfs, which is full as well and loses nothing in between.
    public static func mount(_ byteCount: Int, on folder: String, in fixture: Fixture) async throws
    {
        let image = fixture.path("small-disk-\(byteCount).ext4")
        let made = try await runAside("/usr/bin/truncate", ["-s", "\(byteCount)", image])
        guard made.exitCode == 0 else { throw TestKitError(message: made.standardError) }
        let isMounted: Bool
        if let maker = findProgram("mkfs.ext4") ?? findProgram("/usr/sbin/mkfs.ext4"),
            try await runAside(maker, ["-q", "-F", "-m", "0", image]).exitCode == 0
        {
            let options = ["-o", "loop", image, folder]
            isMounted = try await runAside("/usr/bin/mount", options).exitCode == 0
        } else {
            isMounted = false
        }
        if !isMounted {
            let options = ["-t", "tmpfs", "-o", "size=\(byteCount)", "tmpfs", folder]
            let result = try await runAside("/usr/bin/mount", options)
            guard result.exitCode == 0 else { throw TestKitError(message: result.standardError) }
        }
        fixture.atEnd { _ = try? run("/usr/bin/umount", ["-l", folder]) }
    }
}
