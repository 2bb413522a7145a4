import CMosquitto
import CTLS
import Glibc

/// The fence around libmosquitto: one handle, used by one thread, for one connection.
///
/// The library is used without its own loop, threads, reconnect or queues, because of what 2.0.11
/// does with them (`mqtt-contract`, last section). Callbacks run inside the calls below, on the same
/// thread; they copy bytes and report.
@safe
final class MosquittoHandle {
    // Safety: for the whole file. `handle` is made in init and destroyed in deinit, and no callback
    // can run after that. Callbacks get `self` unretained: they run only inside calls that are made
    // through `self`. Pointers from the library are read before the callback returns, within the
    // lengths that come with them. Nothing here is Sendable, so one thread has it all.

    /// How a connection ended.
    struct Outcome: Equatable, Sendable {
        /// The broker's reason, if it gave one.
        var code: Int?
        var reason: String

        static let abandoned = Outcome(code: nil, reason: "given up by us")

        static func failed(_ reason: String) -> Outcome { Outcome(code: nil, reason: reason) }
    }

    private let request: ConnectRequest
    private let gate: InboundGate
    private let report: @Sendable (ConnectionEvent) -> Void
    private let handle: OpaquePointer?
    /// The library's message ids of what is not answered yet.
    private var tokens: [Int32: Token] = [:]
    private var isConnected = false
    private var refusal: Outcome?
    private var disconnectCode: Int?
    /// The library's last complaint: the only place where it says which file or certificate it means.
    private var lastComplaint = ""

    private static let libraryIsReady: Bool = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.status

    init(
        _ request: ConnectRequest,
        gate: InboundGate,
        report: @escaping @Sendable (ConnectionEvent) -> Void
    ) {
        self.request = request
        self.gate = gate
        self.report = report
        if Self.libraryIsReady {
            unsafe handle = mosquitto_new(
                request.configuration.clientID,
                request.isCleanStart,
                nil
            )
        } else {
            unsafe handle = nil
        }
        unsafe mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        setCallbacks()
    }

    deinit { unsafe mosquitto_destroy(handle) }

    /// The socket, or -1.
    var socket: Int32 { unsafe mosquitto_socket(handle) }

    /// Whether something waits to be written.
    var wantsWrite: Bool { unsafe mosquitto_want_write(handle) }

    /// Looks the name up, connects TCP and sends CONNECT.
    ///
    /// Blocks, for minutes at worst.
    func connect() -> Outcome? {
        guard unsafe handle != nil else { return .failed("libmosquitto cannot make a client") }
        if let failure = setOptions() ?? setCredentials() ?? setWill() { return failure }
        let configuration = request.configuration
        var properties: OpaquePointer?
        defer { unsafe mosquitto_property_free_all(&properties) }
        if configuration.version == .v5 {
            let expiry = request.isCleanStart ? 0 : configuration.sessionExpirySeconds
            unsafe mosquitto_property_add_int32(
                &properties,
                MQTT_PROP_SESSION_EXPIRY_INTERVAL.identifier,
                expiry
            )
            unsafe mosquitto_property_add_int32(
                &properties,
                MQTT_PROP_MAXIMUM_PACKET_SIZE.identifier,
                UInt32(UplinkLimits.packetBytesMax)
            )
        }
        let status = unsafe mosquitto_connect_bind_v5(
            handle,
            configuration.url.host,
            Int32(configuration.url.port),
            Int32(clamping: max(5, configuration.keepAliveSeconds)),
            nil,
            properties
        )
        return status == MOSQ_ERR_SUCCESS.status ? nil : outcome(status)
    }

    /// Carries a command out.
    func perform(_ command: ConnectionCommand) -> Outcome? {
        switch command {
        case .subscribe(let token, let filter, let qualityOfService, let handling):
            return subscribe(token, filter, qualityOfService, handling)
        case .publish(let token, let publication):
            return publish(token, publication)
        case .disconnect:
            // The library reports the end itself, once the packet is written.
            let status = unsafe mosquitto_disconnect_v5(handle, 0, nil)
            return status == MOSQ_ERR_SUCCESS.status ? endIfClosed() : outcome(status)
        }
    }

    /// Reads, writes and keeps alive; returns how the connection ended once it has.
    func step(canRead: Bool, canWrite: Bool) -> Outcome? {
        if canRead {
            let status = unsafe mosquitto_loop_read(handle, 1)
            guard status == MOSQ_ERR_SUCCESS.status else { return outcome(status) }
        }
        if canWrite, socket >= 0 {
            let status = unsafe mosquitto_loop_write(handle, 1)
            guard status == MOSQ_ERR_SUCCESS.status else { return outcome(status) }
        }
        if let end = endIfClosed() { return end }
        let status = unsafe mosquitto_loop_misc(handle)
        return status == MOSQ_ERR_SUCCESS.status ? endIfClosed() : outcome(status)
    }

    private func endIfClosed() -> Outcome? {
        socket < 0 ? outcome(MOSQ_ERR_CONN_LOST.status) : refusal
    }

    private func subscribe(
        _ token: Token,
        _ filter: String,
        _ qualityOfService: Int,
        _ handling: RetainHandling
    ) -> Outcome? {
        var identifier: Int32 = 0
        let isVersion5 = request.configuration.version == .v5
        let status = unsafe mosquitto_subscribe_v5(
            handle,
            &identifier,
            filter,
            Int32(clamping: qualityOfService),
            isVersion5 ? Int32(handling.rawValue << 4) : 0,
            nil
        )
        guard status == MOSQ_ERR_SUCCESS.status else { return outcome(status) }
        tokens[identifier] = token
        return endIfClosed()
    }

    private func publish(_ token: Token, _ publication: Publication) -> Outcome? {
        var identifier: Int32 = 0
        var properties: OpaquePointer?
        defer { unsafe mosquitto_property_free_all(&properties) }
        unsafe addProperties(of: publication, to: &properties)
        let status = unsafe publication.payload.withUnsafeBytes { bytes in
            unsafe mosquitto_publish_v5(
                handle,
                &identifier,
                publication.topic,
                Int32(clamping: bytes.count),
                bytes.baseAddress,
                1,
                publication.isRetained,
                properties
            )
        }
        switch status {
        case MOSQ_ERR_SUCCESS.status:
            tokens[identifier] = token
            return endIfClosed()
        case MOSQ_ERR_OVERSIZE_PACKET.status, MOSQ_ERR_PAYLOAD_SIZE.status:
            report(.published(token, code: Int(MQTT_RC_PACKET_TOO_LARGE.rawValue)))
            return nil
        case MOSQ_ERR_INVAL.status, MOSQ_ERR_MALFORMED_UTF8.status:
            report(.published(token, code: Int(MQTT_RC_TOPIC_NAME_INVALID.rawValue)))
            return nil
        case _:
            return outcome(status)
        }
    }

    private func addProperties(
        of publication: Publication,
        to properties: inout OpaquePointer?
    ) {
        guard request.configuration.version == .v5 else { return }
        if let topic = publication.responseTopic {
            unsafe mosquitto_property_add_string(
                &properties,
                MQTT_PROP_RESPONSE_TOPIC.identifier,
                topic
            )
        }
        if let data = publication.correlationData {
            unsafe mosquitto_property_add_binary(
                &properties,
                MQTT_PROP_CORRELATION_DATA.identifier,
                data,
                UInt16(clamping: data.count)
            )
        }
        if let seconds = publication.expirySeconds {
            unsafe mosquitto_property_add_int32(
                &properties,
                MQTT_PROP_MESSAGE_EXPIRY_INTERVAL.identifier,
                seconds
            )
        }
    }

    /// What a status of the library means, with the broker's own reason where there is one.
    private func outcome(_ status: Int32) -> Outcome {
        if let refusal { return refusal }
        if let code = disconnectCode {
            let words = unsafe String(cString: mosquitto_reason_string(Int32(clamping: code)))
            return Outcome(code: code, reason: "the broker ended the connection: \(words)")
        }
        var words: String
        switch status {
        case MOSQ_ERR_ERRNO.status: words = unsafe String(cString: strerror(errno))
        case MOSQ_ERR_EAI.status: words = "cannot look up \(request.configuration.url.host)"
        case _: words = unsafe String(cString: mosquitto_strerror(status))
        }
        if !lastComplaint.isEmpty { words += " (\(lastComplaint))" }
        return .failed(words)
    }
}

// Options, before the connection is made.
extension MosquittoHandle {
    private func setOptions() -> Outcome? {
        let configuration = request.configuration
        let version = configuration.version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
        unsafe mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version)
        unsafe mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1)
        guard configuration.url.usesTLS else { return nil }
        if let name = configuration.applicationProtocol {
            unsafe mosquitto_string_option(handle, MOSQ_OPT_TLS_ALPN, name)
        }
        useEarliestTime()
        if let secret = configuration.sharedSecret { return setSharedSecret(secret) }
        return setCertificates()
    }

    private func setSharedSecret(_ secret: UplinkConfiguration.SharedSecret) -> Outcome? {
        let status = unsafe mosquitto_tls_psk_set(handle, secret.key, secret.identity, nil)
        guard status == MOSQ_ERR_SUCCESS.status else { return outcome(status) }
        return requireModernTLS()
    }

    // 1 is OpenSSL's SSL_VERIFY_PEER. "tlsv1.2" means 1.2 or newer (net_mosq.c of 2.0.11).
    private func requireModernTLS() -> Outcome? {
        let status = unsafe mosquitto_tls_opts_set(handle, 1, "tlsv1.2", nil)
        return status == MOSQ_ERR_SUCCESS.status ? nil : outcome(status)
    }

    /// Has certificates judged by the time that we know has come, where the clock does not.
    private func useEarliestTime() {
        let earliest = request.configuration.earliestTimeSeconds
        guard earliest > Int64(clamping: Nanoseconds.wall() / 1_000_000_000) else { return }
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { return }
        // The handle takes a reference of its own, and lets it go when it is destroyed.
        defer { unsafe SSL_CTX_free(context) }
        unsafe X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), time_t(earliest))
        unsafe mosquitto_void_option(handle, MOSQ_OPT_SSL_CTX, UnsafeMutableRawPointer(context))
        unsafe mosquitto_int_option(handle, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 1)
    }

    private func setCertificates() -> Outcome? {
        let configuration = request.configuration
        let files = [
            configuration.certificateAuthorityFile, configuration.certificateFile,
            configuration.keyFile,
        ]
        for case let file? in files where unsafe access(file, R_OK) != 0 {
            return .failed("cannot read \(file): \(unsafe String(cString: strerror(errno)))")
        }
        // Why a folder: 2.0.11 takes no client certificate together with its own option for it.
        let system = configuration.certificateAuthorityFile == nil ? "/etc/ssl/certs" : nil
        let status = unsafe mosquitto_tls_set(
            handle,
            configuration.certificateAuthorityFile,
            system,
            configuration.certificateFile,
            configuration.keyFile,
            nil
        )
        guard status == MOSQ_ERR_SUCCESS.status else { return outcome(status) }
        return requireModernTLS()
    }

    private func setCredentials() -> Outcome? {
        let configuration = request.configuration
        guard configuration.username != nil || configuration.password != nil else { return nil }
        guard let username = configuration.username else {
            return .failed("a password needs a user name")
        }
        let password = configuration.password ?? []
        guard !password.contains(0) else { return .failed("the password holds a NUL byte") }
        let text = password.map { CChar(bitPattern: $0) } + [0]
        let status = unsafe mosquitto_username_pw_set(
            handle,
            username,
            configuration.password == nil ? nil : text
        )
        return status == MOSQ_ERR_SUCCESS.status ? nil : outcome(status)
    }

    private func setWill() -> Outcome? {
        guard let will = request.will else { return nil }
        var properties: OpaquePointer?
        if request.configuration.version == .v5, will.delaySeconds > 0 {
            unsafe mosquitto_property_add_int32(
                &properties,
                MQTT_PROP_WILL_DELAY_INTERVAL.identifier,
                will.delaySeconds
            )
        }
        let status = unsafe will.payload.withUnsafeBytes { bytes in
            unsafe mosquitto_will_set_v5(
                handle,
                will.topic,
                Int32(clamping: bytes.count),
                bytes.baseAddress,
                1,
                true,
                properties
            )
        }
        // The library owns the properties now, unless it failed.
        guard status != MOSQ_ERR_SUCCESS.status else { return nil }
        unsafe mosquitto_property_free_all(&properties)
        return outcome(status)
    }
}

// Callbacks: copy and report.
extension MosquittoHandle {
    private func setCallbacks() {
        unsafe mosquitto_connect_v5_callback_set(handle) { _, object, code, flags, _ in
            unsafe MosquittoHandle.from(object)?.connected(code: Int(code), flags: flags)
        }
        unsafe mosquitto_disconnect_v5_callback_set(handle) { _, object, code, _ in
            unsafe MosquittoHandle.from(object)?.disconnected(code: Int(code))
        }
        unsafe mosquitto_publish_v5_callback_set(handle) { _, object, identifier, code, _ in
            unsafe MosquittoHandle.from(object)?.published(identifier, code: Int(code))
        }
        unsafe mosquitto_subscribe_v5_callback_set(handle) {
            _,
            object,
            identifier,
            count,
            codes,
            _ in
            let code = count > 0 ? unsafe codes.map { unsafe Int($0[0]) } : nil
            unsafe MosquittoHandle.from(object)?.subscribed(identifier, code: code ?? 0x80)
        }
        unsafe mosquitto_message_v5_callback_set(handle) { _, object, message, properties in
            guard let message = unsafe message?.pointee else { return }
            unsafe MosquittoHandle.from(object)?.received(message, properties)
        }
        unsafe mosquitto_log_callback_set(handle) { _, object, level, text in
            guard level == MOSQ_LOG_ERR, let text = unsafe text else { return }
            unsafe MosquittoHandle.from(object)?.lastComplaint = String(cString: text)
        }
    }

    private static func from(_ object: UnsafeMutableRawPointer?) -> MosquittoHandle? {
        unsafe object.map { unsafe Unmanaged<MosquittoHandle>.fromOpaque($0).takeUnretainedValue() }
    }

    private func connected(code: Int, flags: Int32) {
        guard code == 0 else {
            let isVersion5 = request.configuration.version == .v5
            let words =
                unsafe isVersion5
                ? mosquitto_reason_string(Int32(clamping: code))
                : mosquitto_connack_string(Int32(clamping: code))
            let text = unsafe words.map { unsafe String(cString: $0) } ?? "no reason"
            refusal = Outcome(code: code, reason: "the broker refused the connection: \(text)")
            return
        }
        isConnected = true
        report(.connected(isResumed: flags & 1 != 0))
    }

    private func disconnected(code: Int) {
        // Below 0x80 stand the library's own status codes, which `outcome` gets anyway.
        if code >= 0x80 { disconnectCode = code }
    }

    private func published(_ identifier: Int32, code: Int) {
        guard let token = tokens.removeValue(forKey: identifier) else { return }
        report(.published(token, code: code))
    }

    private func subscribed(_ identifier: Int32, code: Int) {
        guard let token = tokens.removeValue(forKey: identifier) else { return }
        report(.subscribed(token, code: code))
    }

    private func received(
        _ message: mosquitto_message,
        _ properties: OpaquePointer?
    ) {
        guard let topic = unsafe message.topic else { return }
        // Why a bound: MQTT 3.1.1 knows no packet limit. What is cut off here is refused later, by
        // the name in its topic, because it is longer than any object may be.
        let count = unsafe min(Int(message.payloadlen), UplinkLimits.packetBytesMax)
        let payload = unsafe UnsafeRawBufferPointer(start: message.payload, count: max(0, count))
        let inbound = unsafe InboundMessage(
            topic: String(cString: topic),
            prefix: request.configuration.prefix,
            payload: Array(payload),
            isRetained: message.retain,
            responseTopic: Self.responseTopic(properties),
            correlationData: Self.correlationData(properties)
        )
        gate.enter(byteCount: inbound.payload.count)
        report(.message(inbound))
    }

    private static func responseTopic(_ properties: OpaquePointer?) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        let found = unsafe mosquitto_property_read_string(
            properties,
            MQTT_PROP_RESPONSE_TOPIC.identifier,
            &text,
            false
        )
        defer { unsafe free(text) }
        guard unsafe found != nil, let text = unsafe text else { return nil }
        return unsafe String(cString: text)
    }

    private static func correlationData(
        _ properties: OpaquePointer?
    ) -> [UInt8]? {
        var bytes: UnsafeMutableRawPointer?
        var count: UInt16 = 0
        let found = unsafe mosquitto_property_read_binary(
            properties,
            MQTT_PROP_CORRELATION_DATA.identifier,
            &bytes,
            &count,
            false
        )
        defer { unsafe free(bytes) }
        guard unsafe found != nil else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    }
}

extension mosq_err_t {
    fileprivate var status: Int32 { Int32(truncatingIfNeeded: rawValue) }
}

extension mqtt5_property {
    fileprivate var identifier: Int32 { Int32(truncatingIfNeeded: rawValue) }
}
