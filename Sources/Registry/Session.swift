internal import Documents
internal import Images

/// Why a request brought nothing.
struct Problem: Equatable {
    var verdict: Verdict
    /// What the server or libcurl said, without secrets.
    var message: String
    /// Seconds that the server wants to be left alone.
    var retryAfter: Int64?

    /// The sentence for the pod's status.
    func error(host: String, repository: String, what: String) -> ImageError {
        let place = "registry \(host): \(what) of \(repository)"
        switch verdict {
        case .missing: return .notFound("\(place) is not there (\(message))")
        case .good, .authenticate, .redirect, .wholeOnly, .again, .later, .never:
            let wait = retryAfter.map { ", and asks to come back in \($0) s" } ?? ""
            return .registry(
                message: "\(place) cannot be had: \(message)\(wait)",
                isWorthRetrying: verdict != .never
            )
        }
    }
}

/// Requests to one registry for one repository, with who we are and where they lead.
///
/// Credentials and tokens go to the registry's own origin, and the password to the server of tokens
/// that the registry names; never to where a redirect leads.
final class Session {
    /// Redirects and questions who we are, in one request.
    private static let turnsMax = 8
    /// Bytes of an error's body that are read for its words; the rest is cut off.
    private static let errorByteCountMax = 16 * 1024
    /// Characters of a server's words that are passed on.
    private static let wordsMax = 200
    private static let tokenByteCountMax = 64 * 1024

    /// `https://HOST[:PORT]`.
    let origin: String
    private let scope: String
    private let entry: Credentials.Entry?
    private let connection: Connection
    /// The header that the registry accepted last.
    private var authorization: String?

    init(origin: String, scope: String, entry: Credentials.Entry?, settings: RegistrySettings) {
        self.origin = origin
        self.scope = scope
        self.entry = entry
        connection = Connection(settings.link)
    }

    struct Answer {
        /// `nil` when the body was handed over.
        var problem: Problem?
        /// Where the body came from, after redirects.
        var url: String
    }

    /// Asks until there is a body, which goes to `take`, or a reason why there is none.
    func ask(
        _ first: Request,
        begin: (Reply) -> Bool,
        take: ([UInt8]) -> Bool
    ) -> Answer {
        var request = first
        var hasAuthenticated = false
        for _ in 0..<Self.turnsMax {
            var sent = request
            if let authorization, isOurs(request.url) { sent.headers.append(authorization) }
            var words: [UInt8] = []
            var isGood = false
            let reply: Reply
            do throws(Connection.Failure) {
                reply = try connection.get(sent) { reply in
                    isGood = Verdict(status: reply.status) == .good
                    return isGood ? begin(reply) : true
                } take: { bytes in
                    guard isGood else {
                        words += bytes
                        return words.count < Self.errorByteCountMax
                    }
                    return take(bytes)
                }
            } catch {
                let verdict = Verdict(curlCode: error.code)
                let problem = Problem(verdict: verdict, message: error.message)
                return Answer(problem: problem, url: request.url)
            }
            let verdict = Verdict(status: reply.status)
            switch verdict {
            case .good: return Answer(problem: nil, url: request.url)
            case .redirect:
                guard let location = reply.location else {
                    return Answer(problem: problem(reply, words, .again), url: request.url)
                }
                request.url = location
            case .authenticate:
                guard !hasAuthenticated, isOurs(request.url) else {
                    return Answer(problem: problem(reply, words, .later), url: request.url)
                }
                hasAuthenticated = true
                if let problem = authenticate(reply) {
                    return Answer(problem: problem, url: request.url)
                }
            case .missing, .wholeOnly, .again, .later, .never:
                return Answer(problem: problem(reply, words, verdict), url: request.url)
            }
        }
        let problem = Problem(verdict: .again, message: "more than \(Self.turnsMax) redirects")
        return Answer(problem: problem, url: request.url)
    }

    private func isOurs(_ url: String) -> Bool { url == origin || url.hasPrefix(origin + "/") }

    private func problem(_ reply: Reply, _ words: [UInt8], _ verdict: Verdict) -> Problem {
        var message = "HTTP \(reply.status)"
        if let error = (try? Document(json: words))?["errors"]?[0] {
            let parts = [error["code"]?.string, error["message"]?.string].compactMap(\.self)
            let plain = parts.joined(separator: ": ").filter { !$0.isNewline }
            if !plain.isEmpty { message += " (\(plain.prefix(Self.wordsMax)))" }
        }
        return Problem(verdict: verdict, message: message, retryAfter: RetryAfter.seconds(reply))
    }

    /// Gets what the registry wants to see; the reason when that cannot be had.
    private func authenticate(_ reply: Reply) -> Problem? {
        let challenges = Challenge.all(in: reply.header("www-authenticate") ?? "")
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
            return fetchToken(bearer)
        }
        guard challenges.contains(where: { $0.scheme == "basic" }) else {
            return Problem(verdict: .later, message: "it asks for no kind of credentials we know")
        }
        guard let entry else {
            return Problem(verdict: .later, message: "it asks for a password, and there is none")
        }
        authorization = entry.basic
        return nil
    }

    private func fetchToken(_ challenge: Challenge) -> Problem? {
        guard let realm = challenge.parameters["realm"] else {
            return Problem(verdict: .later, message: "it names no server of tokens")
        }
        var query = ["scope=" + Self.escaped(challenge.parameters["scope"] ?? scope)]
        if let service = challenge.parameters["service"] {
            query.insert("service=" + Self.escaped(service), at: 0)
        }
        let mark = realm.contains("?") ? "&" : "?"
        let url = realm + mark + query.joined(separator: "&")
        let request = Request(url: url, headers: entry.map { [$0.basic] } ?? [], decodes: true)
        var body: [UInt8] = []
        let reply: Reply
        do throws(Connection.Failure) {
            reply = try connection.get(request) { _ in
                true
            } take: { bytes in
                body += bytes
                return body.count <= Self.tokenByteCountMax
            }
        } catch {
            let message = "the server of tokens: \(error.message)"
            return Problem(verdict: Verdict(curlCode: error.code), message: message)
        }
        let verdict = Verdict(status: reply.status)
        guard verdict == .good else {
            var problem = problem(reply, body, verdict == .again ? .again : .later)
            problem.message = "the server of tokens: \(problem.message)"
            return problem
        }
        let document = try? Document(json: body)
        guard let token = document?["token"]?.string ?? document?["access_token"]?.string,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return Problem(verdict: .again, message: "the server of tokens sent none") }
        authorization = "Authorization: Bearer \(token)"
        return nil
    }

    /// A value of a query.
    ///
    /// Source: RFC 3986, section 2.3, and the marks that scopes are made of.
    private static func escaped(_ text: String) -> String {
        let plain = Set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/,".utf8
        )
        return text.utf8.reduce(into: "") { result, byte in
            if plain.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
    }
}
