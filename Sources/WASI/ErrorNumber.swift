/// The error numbers that guests see.
///
/// Source: WASI preview 1, `errno`; the names in comments are those of its witx file.
enum ErrorNumber: UInt16, Error, CaseIterable {
    /// `success`
    case success = 0
    /// `2big`
    case tooBig = 1
    /// `acces`
    case access = 2
    /// `addrinuse`
    case addressInUse = 3
    /// `addrnotavail`
    case addressNotAvailable = 4
    /// `afnosupport`
    case addressFamilyNotSupported = 5
    /// `again`
    case again = 6
    /// `already`
    case already = 7
    /// `badf`
    case badDescriptor = 8
    /// `badmsg`
    case badMessage = 9
    /// `busy`
    case busy = 10
    /// `canceled`
    case canceled = 11
    /// `child`
    case noChild = 12
    /// `connaborted`
    case connectionAborted = 13
    /// `connrefused`
    case connectionRefused = 14
    /// `connreset`
    case connectionReset = 15
    /// `deadlk`
    case deadlock = 16
    /// `destaddrreq`
    case destinationAddressRequired = 17
    /// `dom`
    case domain = 18
    /// `dquot`
    case quota = 19
    /// `exist`
    case exists = 20
    /// `fault`
    case fault = 21
    /// `fbig`
    case fileTooBig = 22
    /// `hostunreach`
    case hostUnreachable = 23
    /// `idrm`
    case identifierRemoved = 24
    /// `ilseq`
    case illegalSequence = 25
    /// `inprogress`
    case inProgress = 26
    /// `intr`
    case interrupted = 27
    /// `inval`
    case invalid = 28
    /// `io`
    case inputOutput = 29
    /// `isconn`
    case isConnected = 30
    /// `isdir`
    case isDirectory = 31
    /// `loop`
    case loop = 32
    /// `mfile`
    case tooManyDescriptors = 33
    /// `mlink`
    case tooManyLinks = 34
    /// `msgsize`
    case messageSize = 35
    /// `multihop`
    case multihop = 36
    /// `nametoolong`
    case nameTooLong = 37
    /// `netdown`
    case networkDown = 38
    /// `netreset`
    case networkReset = 39
    /// `netunreach`
    case networkUnreachable = 40
    /// `nfile`
    case tooManyFiles = 41
    /// `nobufs`
    case noBuffers = 42
    /// `nodev`
    case noDevice = 43
    /// `noent`
    case noEntry = 44
    /// `noexec`
    case noExecutable = 45
    /// `nolck`
    case noLocks = 46
    /// `nolink`
    case noLink = 47
    /// `nomem`
    case noMemory = 48
    /// `nomsg`
    case noMessage = 49
    /// `noprotoopt`
    case noProtocolOption = 50
    /// `nospc`
    case noSpace = 51
    /// `nosys`
    case noSystemCall = 52
    /// `notconn`
    case notConnected = 53
    /// `notdir`
    case notDirectory = 54
    /// `notempty`
    case notEmpty = 55
    /// `notrecoverable`
    case notRecoverable = 56
    /// `notsock`
    case notSocket = 57
    /// `notsup`
    case notSupported = 58
    /// `notty`
    case notTerminal = 59
    /// `nxio`
    case noSuchDevice = 60
    /// `overflow`
    case overflow = 61
    /// `ownerdead`
    case ownerDead = 62
    /// `perm`
    case permission = 63
    /// `pipe`
    case brokenPipe = 64
    /// `proto`
    case protocolError = 65
    /// `protonosupport`
    case protocolNotSupported = 66
    /// `prototype`
    case protocolType = 67
    /// `range`
    case range = 68
    /// `rofs`
    case readOnlyFileSystem = 69
    /// `spipe`
    case seekOnPipe = 70
    /// `srch`
    case noProcess = 71
    /// `stale`
    case stale = 72
    /// `timedout`
    case timedOut = 73
    /// `txtbsy`
    case textBusy = 74
    /// `xdev`
    case crossDevice = 75
    /// `notcapable`
    case notCapable = 76

    // Source: WasmEdge, `__wasi_errno_t`: what getaddrinfo(3) says, behind preview 1's own.

    /// `aiaddrfamily`
    case resolveAddressFamily = 77
    /// `aiagain`
    case resolveAgain = 78
    /// `aibadflag`
    case resolveFlags = 79
    /// `aifail`
    case resolveFailed = 80
    /// `aifamily`
    case resolveFamily = 81
    /// `aimemory`
    case resolveMemory = 82
    /// `ainodata`
    case resolveNoData = 83
    /// `ainoname`
    case resolveNoName = 84
    /// `aiservice`
    case resolveService = 85
    /// `aisocktype`
    case resolveType = 86
    /// `aisystem`
    case resolveSystem = 87
}
