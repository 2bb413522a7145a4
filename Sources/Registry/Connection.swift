internal import CCurl

// This file is a fence: libcurl's easy interface with Swift values in and out.

/// Requests over one libcurl handle, which keeps its connections for the next request.
@safe
final class Connection {
    /// How the link is used.
    struct Settings: Equatable, Sendable {
        /// Whether plain HTTP may be spoken at all; else redirects and token servers are held to HTTPS.
        var allowsPlainHTTP = false
        /// Certificates to trust in place of the system's, as PEM.
        var authorities: [UInt8]?
        /// A certificate and its key to show, as PEM.
        var clientCertificate: (certificate: [UInt8], key: [UInt8])?
        /// Seconds until a connection must stand.
        var connectSeconds = 30
        /// A transfer below ``lowSpeed`` for so many seconds has stalled.
        var stallSeconds = 30
        /// Bytes a second; GPRS still does fifty times that.
        var lowSpeed = 64
        /// Bytes a second that are taken at most; 0 is no limit.
        var byteCountPerSecondMax: Int64 = 0

        static func == (left: Self, right: Self) -> Bool {
            left.allowsPlainHTTP == right.allowsPlainHTTP
                && left.authorities == right.authorities
                && left.clientCertificate?.certificate == right.clientCertificate?.certificate
                && left.clientCertificate?.key == right.clientCertificate?.key
                && left.connectSeconds == right.connectSeconds
                && left.stallSeconds == right.stallSeconds && left.lowSpeed == right.lowSpeed
                && left.byteCountPerSecondMax == right.byteCountPerSecondMax
        }
    }

    /// What libcurl says of a transfer that failed: its number, and words without secrets.
    struct Failure: Error, Equatable {
        var code: UInt32
        var message: String
    }

    /// Why a header of ours has a bound: registries send one or two thousand bytes.
    static let headerByteCountMax = 64 * 1024
    // Why: a killed process loses what libcurl held back and what the kernel had taken for it, and a
    // link that breaks what was under way; all that must stay below 64 KiB, since links are metered.
    private static let bufferByteCount = 16 * 1024
    // The kernel doubles it, for its own needs: socket(7). By itself it would grow to megabytes. It is
    // also what may be under way at a time: 3 Mbit/s where a round trip takes 100 ms.
    private static let kernelBufferByteCount: Int32 = 40 * 1024
    // Why once: libcurl asks for this before the first handle, and it is not safe twice at a time.
    private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let handle: UnsafeMutableRawPointer?

    init(_ settings: Settings) {
        // Safety: the handle is ours alone and freed in deinit; it is nil only when memory is short,
        // and then every call below fails with CURLE_FAILED_INIT.
        unsafe handle = Self.isReady ? curl_easy_init() : nil
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_BUFFERSIZE, Self.bufferByteCount)
        // Safety: a number is passed by value, through libcurl too.
        _ = unsafe swiftlet_curl_set_receive_buffer(handle, Self.kernelBufferByteCount)
        set(CURLOPT_CONNECTTIMEOUT, settings.connectSeconds)
        set(CURLOPT_LOW_SPEED_LIMIT, settings.lowSpeed)
        set(CURLOPT_LOW_SPEED_TIME, settings.stallSeconds)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        // Source: distribution specification 1.1; a registry may not be any other kind of server.
        set(CURLOPT_PROTOCOLS_STR, settings.allowsPlainHTTP ? "http,https" : "https")
        set(CURLOPT_USERAGENT, "swiftlet-pull")
        if let authorities = settings.authorities {
            set(CURLOPT_CAINFO_BLOB, authorities)
            // Why: a distribution's libcurl trusts the system's folder beside what it is told of.
            set(CURLOPT_CAPATH, nil)
        }
        if let (certificate, key) = settings.clientCertificate {
            set(CURLOPT_SSLCERT_BLOB, certificate)
            set(CURLOPT_SSLKEY_BLOB, key)
        }
        if settings.byteCountPerSecondMax > 0 {
            // Safety: a number is passed by value.
            _ = unsafe swiftlet_curl_set_offset(
                handle,
                CURLOPT_MAX_RECV_SPEED_LARGE,
                curl_off_t(settings.byteCountPerSecondMax)
            )
        }
    }

    deinit { unsafe curl_easy_cleanup(handle) }

    /// Asks, and hands over the body's bytes as they come.
    ///
    /// `begin` sees status and headers before the first byte of the body; when it or `take` answers
    /// false the transfer ends there, without being a failure.
    func get(
        _ request: Request,
        begin: (Reply) -> Bool,
        take: ([UInt8]) -> Bool
    ) throws(Failure) -> Reply {
        set(CURLOPT_URL, request.url)
        set(CURLOPT_ACCEPT_ENCODING, request.decodes ? "gzip" : nil)
        set(CURLOPT_RANGE, request.range.map { "\($0.lowerBound)-\($0.upperBound)" })
        // Safety: the list lives until it is freed below, after the transfer.
        var list: UnsafeMutablePointer<curl_slist>?
        for line in request.headers { unsafe list = curl_slist_append(list, line) }
        defer { unsafe curl_slist_free_all(list) }
        _ = unsafe swiftlet_curl_set_list(handle, CURLOPT_HTTPHEADER, list)
        let (code, reply, hasStopped) = withoutActuallyEscaping(begin) { begin in
            withoutActuallyEscaping(take) { take in
                let flow = Flow(begin: begin, take: take)
                let code = perform(flow)
                flow.finish()
                return (code, flow.reply, flow.hasStopped)
            }
        }
        guard code == CURLE_OK || hasStopped else {
            throw Failure(
                code: code.rawValue,
                message: unsafe String(cString: curl_easy_strerror(code))
            )
        }
        return reply
    }

    private func perform(_ flow: Flow) -> CURLcode {
        // Safety: libcurl calls back only within curl_easy_perform, and `flow` outlives that call.
        let context = unsafe Unmanaged.passUnretained(flow).toOpaque()
        unsafe swiftlet_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        unsafe swiftlet_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        unsafe swiftlet_curl_set_callback(handle, CURLOPT_HEADERFUNCTION) {
            bytes,
            size,
            count,
            to in
            unsafe Flow.of(to).header(bytes, size * count)
        }
        unsafe swiftlet_curl_set_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, to in
            unsafe Flow.of(to).body(bytes, size * count)
        }
        let code = unsafe curl_easy_perform(handle)
        var location: UnsafeMutablePointer<CChar>?
        _ = unsafe swiftlet_curl_get_text(handle, CURLINFO_REDIRECT_URL, &location)
        if let location = unsafe location { flow.reply.location = unsafe String(cString: location) }
        return withExtendedLifetime(flow) { code }
    }

    private func set(_ option: CURLoption, _ value: Int) {
        // Safety: a number is passed by value.
        _ = unsafe swiftlet_curl_set_long(handle, option, value)
    }

    private func set(_ option: CURLoption, _ bytes: [UInt8]) {
        // Safety: libcurl copies the bytes, which live as long as the closure.
        unsafe bytes.withUnsafeBytes { buffer in
            _ = unsafe swiftlet_curl_set_bytes(handle, option, buffer.baseAddress, buffer.count)
        }
    }

    private func set(_ option: CURLoption, _ text: String?) {
        // Safety: libcurl copies texts; nil sets the option back.
        if let text {
            _ = unsafe swiftlet_curl_set_text(handle, option, text)
        } else {
            _ = unsafe swiftlet_curl_set_text(handle, option, nil)
        }
    }
}

/// What one transfer brings, on its way from libcurl to who asked.
private final class Flow {
    var reply = Reply()
    private(set) var hasStopped = false
    private var hasBegun = false
    private var headerByteCount = 0
    private let begin: (Reply) -> Bool
    private let take: ([UInt8]) -> Bool

    init(begin: @escaping (Reply) -> Bool, take: @escaping ([UInt8]) -> Bool) {
        self.begin = begin
        self.take = take
    }

    @unsafe static func of(_ context: UnsafeMutableRawPointer?) -> Flow {
        guard let context = unsafe context else { preconditionFailure("libcurl lost our context") }
        // Safety: it is the pointer that `perform` set, to an object that lives.
        return unsafe Unmanaged<Flow>.fromOpaque(context).takeUnretainedValue()
    }

    @unsafe func header(_ start: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        headerByteCount += count
        guard headerByteCount <= Connection.headerByteCountMax else { return 0 }
        // Safety: libcurl lends so many bytes for the time of the call.
        let line = unsafe String(
            decoding: UnsafeRawBufferPointer(start: start, count: count),
            as: UTF8.self
        )
        reply.add(line: line)
        return count
    }

    @unsafe func body(_ start: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        // Safety: as above; the bytes are copied.
        let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
        guard beginOnce(), take(bytes) else {
            hasStopped = true
            return 0
        }
        return count
    }

    func finish() { _ = beginOnce() }

    private func beginOnce() -> Bool {
        guard !hasBegun else { return !hasStopped }
        hasBegun = true
        hasStopped = !begin(reply)
        return !hasStopped
    }
}
