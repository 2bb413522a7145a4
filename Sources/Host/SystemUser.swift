/// Users of this machine, as its own file names them.
public enum SystemUser {
    /// Source: passwd(5).
    public static let file = "/etc/passwd"
    // Why: a line has a hundred bytes, and a machine of people has thousands of them.
    private static let byteCountMax = 1 << 20

    /// The user of a name, or of a number that nobody needs to have; nil when there is none, or when it is
    /// root, or of root's group, which would be no user of its own.
    ///
    /// Why not getpwnam(3): it loads what the machine is configured to ask, a megabyte of memory and maybe
    /// a network, and a system user stands in the file.
    public static func find(_ name: String, in file: String = file) -> Confinement.User? {
        if let number = UInt32(name) { return user(number, number) }
        guard let bytes = try? FileBytes.read(file, byteCountMax: byteCountMax) else { return nil }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(
                separator: UInt8(ascii: ":"),
                omittingEmptySubsequences: false
            )
            guard fields.count == 7, fields[0].elementsEqual(name.utf8) else { continue }
            guard let id = UInt32(String(decoding: fields[2], as: UTF8.self)),
                let group = UInt32(String(decoding: fields[3], as: UTF8.self))
            else { return nil }
            return user(id, group)
        }
        return nil
    }

    private static func user(_ id: UInt32, _ group: UInt32) -> Confinement.User? {
        // The last number stands for no change: setresuid(2).
        guard id != 0, group != 0, id != .max, group != .max else { return nil }
        return Confinement.User(id: id, group: group)
    }
}
