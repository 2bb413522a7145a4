/// The shapes that names must have, in Kubernetes' words (apimachinery's validation).
public enum NameRule {
    /// Bytes of a label of a domain name.
    private static let labelByteCountMax = 63
    /// Bytes of a domain name.
    private static let subdomainByteCountMax = 253

    /// What is wrong with `name` as a label of RFC 1123, or nil: namespaces, containers, volumes.
    public static func labelProblem(_ name: String) -> String? {
        if name.utf8.count > labelByteCountMax { return tooLong(labelByteCountMax) }
        guard isLabel(name.utf8) else {
            return
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
                + "'-', and must start and end with an alphanumeric character (e.g. 'my-name')"
        }
        return nil
    }

    /// What is wrong with `name` as a domain name of RFC 1123, or nil: names of objects.
    public static func subdomainProblem(_ name: String) -> String? {
        if name.utf8.count > subdomainByteCountMax { return tooLong(subdomainByteCountMax) }
        let labels = name.utf8.split(separator: dot, omittingEmptySubsequences: false)
        guard labels.allSatisfy(isLabel) else {
            return
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
                + "'-' or '.', and must start and end with an alphanumeric character "
                + "(e.g. 'example.com')"
        }
        return nil
    }

    /// What is wrong with `key` as the name of a label or an annotation, or nil.
    public static func qualifiedNameProblem(_ key: String) -> String? {
        let parts = key.utf8.split(separator: slash, omittingEmptySubsequences: false)
        if parts.count == 2, let prefix = String(parts[0]) {
            if prefix.isEmpty { return "prefix part must be non-empty" }
            if let problem = subdomainProblem(prefix) { return "prefix part " + problem }
        }
        guard parts.count <= 2, let name = parts.last else {
            return "a qualified name must be a name with an optional domain before one '/'"
        }
        if name.isEmpty { return "name part must be non-empty" }
        if name.count > labelByteCountMax { return "name part " + tooLong(labelByteCountMax) }
        guard isWord(name) else {
            return "name part must consist of alphanumeric characters, '-', '_' or '.', and must "
                + "start and end with an alphanumeric character (e.g. 'MyName')"
        }
        return nil
    }

    /// What is wrong with `value` as the value of a label, or nil; it may be empty.
    public static func labelValueProblem(_ value: String) -> String? {
        if value.utf8.count > labelByteCountMax { return tooLong(labelByteCountMax) }
        guard value.isEmpty || isWord(value.utf8[...]) else {
            return "a valid label must be an empty string or consist of alphanumeric characters, "
                + "'-', '_' or '.', and must start and end with an alphanumeric character"
        }
        return nil
    }

    /// What is wrong with `name` as the name of an environment variable, or nil.
    public static func environmentNameProblem(_ name: String) -> String? {
        guard !name.isEmpty, name.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x3D })
        else {
            return "a valid environment variable name must consist only of printable ASCII "
                + "characters other than '='"
        }
        return nil
    }

    /// What is wrong with `key` as a key of a ConfigMap or a Secret, or nil.
    public static func configKeyProblem(_ key: String) -> String? {
        if key.utf8.count > subdomainByteCountMax { return tooLong(subdomainByteCountMax) }
        guard !key.isEmpty, key != ".", !key.utf8.starts(with: "..".utf8),
            key.utf8.allSatisfy({ isAlphanumeric($0) || "-_.".utf8.contains($0) })
        else {
            return "a valid config key must consist of alphanumeric characters, '-', '_' or '.', "
                + "and must not be '.' or start with '..'"
        }
        return nil
    }

    /// What is wrong with `name` as the name of a port (RFC 6335), or nil.
    public static func portNameProblem(_ name: String) -> String? {
        let bytes = Array(name.utf8)
        let dash = UInt8(ascii: "-")
        guard (1...15).contains(bytes.count),
            bytes.allSatisfy({ isLowerAlphanumeric($0) || $0 == dash }),
            bytes.contains(where: { isLowerAlphanumeric($0) && $0 > UInt8(ascii: "9") }),
            bytes.first != dash, bytes.last != dash,
            !zip(bytes, bytes.dropFirst()).contains(where: { $0 == dash && $1 == dash })
        else {
            return "must be at most 15 lower case alphanumeric characters or '-', at least one of "
                + "them a letter, without '-' at an end or twice in a row"
        }
        return nil
    }

    private static let dot = UInt8(ascii: ".")
    private static let slash = UInt8(ascii: "/")

    private static func tooLong(_ byteCountMax: Int) -> String {
        "must be no more than \(byteCountMax) bytes"
    }

    private static func isLabel(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
            && bytes.allSatisfy { isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isWord(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && bytes.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || (0x41...0x5A).contains(byte)
    }
}
