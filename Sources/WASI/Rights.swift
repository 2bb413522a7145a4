/// What a guest may do with a descriptor, and with those that it opens below it.
///
/// Source: WASI preview 1, `rights`; one bit each, in the order of its witx file.
struct Rights: OptionSet, Equatable {
    let rawValue: UInt64

    static let dataSync = Rights(rawValue: 1 << 0)
    static let read = Rights(rawValue: 1 << 1)
    static let seek = Rights(rawValue: 1 << 2)
    static let setFlags = Rights(rawValue: 1 << 3)
    static let sync = Rights(rawValue: 1 << 4)
    static let tell = Rights(rawValue: 1 << 5)
    static let write = Rights(rawValue: 1 << 6)
    static let advise = Rights(rawValue: 1 << 7)
    static let allocate = Rights(rawValue: 1 << 8)
    static let createDirectory = Rights(rawValue: 1 << 9)
    static let createFile = Rights(rawValue: 1 << 10)
    static let linkSource = Rights(rawValue: 1 << 11)
    static let linkTarget = Rights(rawValue: 1 << 12)
    static let openPath = Rights(rawValue: 1 << 13)
    static let readDirectory = Rights(rawValue: 1 << 14)
    static let readLink = Rights(rawValue: 1 << 15)
    static let renameSource = Rights(rawValue: 1 << 16)
    static let renameTarget = Rights(rawValue: 1 << 17)
    static let pathFacts = Rights(rawValue: 1 << 18)
    static let setPathSize = Rights(rawValue: 1 << 19)
    static let setPathTimes = Rights(rawValue: 1 << 20)
    static let facts = Rights(rawValue: 1 << 21)
    static let setSize = Rights(rawValue: 1 << 22)
    static let setTimes = Rights(rawValue: 1 << 23)
    static let symbolicLink = Rights(rawValue: 1 << 24)
    static let removeDirectory = Rights(rawValue: 1 << 25)
    static let unlink = Rights(rawValue: 1 << 26)
    static let poll = Rights(rawValue: 1 << 27)
    static let shutDown = Rights(rawValue: 1 << 28)
    static let accept = Rights(rawValue: 1 << 29)

    /// Every right of this table.
    static let all = Rights(rawValue: (1 << 30) - 1)

    /// What a regular file, a pipe or a device can bear.
    static let file: Rights = [
        .dataSync, .read, .seek, .setFlags, .sync, .tell, .write, .advise, .allocate, .facts,
        .setSize, .setTimes, .poll,
    ]

    /// What a folder can bear.
    static let directory: Rights = [
        .setFlags, .sync, .dataSync, .createDirectory, .createFile, .linkSource, .linkTarget,
        .openPath, .readDirectory, .readLink, .renameSource, .renameTarget, .pathFacts,
        .setPathSize,
        .setPathTimes, .facts, .setTimes, .symbolicLink, .removeDirectory, .unlink,
    ]

    /// What a socket can bear.
    static let socket: Rights = [.read, .write, .setFlags, .facts, .poll, .shutDown, .accept]

    /// What a stream that cannot be positioned can bear: with neither seek nor tell, a character
    /// device is a terminal to wasi-libc, which then sends its output on line by line.
    static let stream: Rights = [.read, .write, .setFlags, .facts, .poll]
}
