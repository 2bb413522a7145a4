/// Where images come from: the store on disk and the program that fills it, or a stand-in in tests.
public protocol ImageSource: Sendable {
    /// The image, if it is on disk whole.
    func find(_ reference: String) async throws(ImageProblem) -> (any LocalImage)?

    /// Fetches the image, also if it is on disk already.
    func pull(_ reference: String) async throws(ImageProblem) -> any LocalImage

    /// The same, and tells each line that the pull says of itself, as JSON.
    func pull(
        _ reference: String,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(ImageProblem) -> any LocalImage

    /// The same, with credentials for registries that ask for some.
    func pull(
        _ reference: String,
        secrets: PullSecrets,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(ImageProblem) -> any LocalImage

    /// Removes the images that nothing needs; answers with their names.
    func prune(keeping needs: ImageNeeds) async throws(ImageProblem) -> [String]

    /// Keeps an image until somebody removes it by name: it was asked for in advance.
    func keep(_ reference: String) async throws(ImageProblem)
}

extension ImageSource {
    /// Fetches the image; a source that has nothing to tell tells nothing.
    public func pull(
        _ reference: String,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(ImageProblem) -> any LocalImage {
        try await pull(reference)
    }

    /// Fetches the image; a source that asks nobody who he is needs no credentials.
    public func pull(
        _ reference: String,
        secrets: PullSecrets,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(ImageProblem) -> any LocalImage {
        try await pull(reference, progress: progress)
    }

    /// Says that nothing can be removed from this source.
    public func prune(keeping needs: ImageNeeds) async throws(ImageProblem) -> [String] {
        throw .refused("images are not removed from here")
    }

    /// Does nothing: what is never removed need not be kept.
    public func keep(_ reference: String) async throws(ImageProblem) {}
}

/// An image on disk.
public protocol LocalImage: Sendable {
    /// Its name with its digest.
    var imageID: String { get }
    /// Its environment, `K=V`.
    var environment: [String] { get }
    /// The folder it starts in; empty for `/`.
    var workingDirectory: String { get }
    /// What runs, for a container's command and arguments.
    ///
    /// Throws ``ImageProblem`` when there is no such module in the image.
    func entry(
        command: [String]?,
        arguments: [String]?,
        workingDirectory: String?
    ) throws(ImageProblem) -> RunEntry
    /// Puts a copy of its files into a folder that does not exist yet.
    func copyRoot(to path: String) throws(ImageProblem)
}

/// What runs of an image.
public struct RunEntry: Equatable, Sendable {
    /// The module's file on the host.
    public var modulePath: String
    /// argv of the guest.
    public var arguments: [String]
    /// The function to call instead of `_start`.
    public var invoke: String?
    /// Whether the module was validated whole when it came onto this machine.
    public var isAdmitted: Bool

    /// An entry.
    public init(
        modulePath: String,
        arguments: [String],
        invoke: String? = nil,
        isAdmitted: Bool = false
    ) {
        self.modulePath = modulePath
        self.arguments = arguments
        self.invoke = invoke
        self.isAdmitted = isAdmitted
    }
}

/// Why an image cannot be had or used.
public enum ImageProblem: Error, Equatable, Sendable {
    /// The text is no reference.
    case invalidName(String)
    /// It could not be fetched; another try may succeed.
    case unavailable(String)
    /// It could not be fetched, and will not be as it is.
    case refused(String)
    /// It is on disk and cannot be used.
    case unusable(String)

    /// The word that `kubectl` users know.
    public var reason: String {
        switch self {
        case .invalidName: "InvalidImageName"
        case .unavailable, .refused: "ErrImagePull"
        case .unusable: "CreateContainerError"
        }
    }
}

extension ImageProblem: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .invalidName(let text), .unavailable(let text), .refused(let text),
            .unusable(let text):
            text
        }
    }
}
