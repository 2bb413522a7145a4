internal import Documents

/// What is known of an image that is here whole.
public struct StoredImage: Equatable, Sendable {
    /// The digest of its manifest: what `imageID` shows.
    public var manifestDigest: Digest
    /// How it is packed.
    public var form: ImageForm
    /// How it wants to be run.
    public var configuration: ImageConfiguration
    /// The unpacked root file system of ``ImageForm/rootFileSystem``.
    public var rootDirectory: String?
    /// The module itself, of the other forms.
    public var moduleFile: String?
    /// Modules of which every body was validated, as host paths.
    public var admittedModules: Set<String> = []
    /// The manifest's remarks; `module.wasm.image/variant` is among them.
    public var annotations: [String: String] = [:]
    /// A checksum of what runs, made when the image was admitted; nil in records of an older version.
    public var contentChecksum: String?
    /// What the name stood for when it was pulled: the manifest, or the index that it was chosen from.
    ///
    /// Kept with the name, not with the image.
    public var resolvedDigest: Digest?
    /// Bytes of all blobs.
    public var byteCount: Int64 = 0

    /// An image whose parts are where the arguments say.
    public init(
        manifestDigest: Digest,
        form: ImageForm,
        configuration: ImageConfiguration,
        rootDirectory: String?,
        moduleFile: String?
    ) {
        self.manifestDigest = manifestDigest
        self.form = form
        self.configuration = configuration
        self.rootDirectory = rootDirectory
        self.moduleFile = moduleFile
    }

    /// The digests that a signature may be about.
    public var signedDigests: Set<Digest> { [manifestDigest, resolvedDigest ?? manifestDigest] }
}

extension StoredImage {
    /// The record as a file of the store, with paths that begin in it.
    func json(in store: ImageStore) -> [UInt8] {
        func inside(_ path: String) -> String {
            let beginning = store.directory + "/"
            return path.hasPrefix(beginning) ? String(path.dropFirst(beginning.count)) : path
        }
        var builder = ObjectBuilder()
        builder.set("manifestDigest", "\(manifestDigest)")
        builder.set("form", form.rawValue)
        builder.set("entrypoint", configuration.entrypoint)
        builder.set("command", configuration.command)
        builder.set("environment", configuration.environment)
        builder.set("workingDirectory", configuration.workingDirectory)
        builder.set("platform", configuration.platform)
        builder.set("rootDirectory", rootDirectory.map(inside))
        builder.set("moduleFile", moduleFile.map(inside))
        builder.set("admittedModules", admittedModules.map(inside).sorted())
        builder.set("annotations", annotations)
        builder.set("contentChecksum", contentChecksum)
        builder.set("byteCount", byteCount)
        return builder.document.json()
    }

    /// Reads a record.
    ///
    /// Where the image lies follows from its digests, not from the paths that are written there: they
    /// came from a pull, and records of older versions hold whole ones of a store that has moved since.
    init(json: [UInt8], path: String, in store: ImageStore) throws(ImageError) {
        let reader = DocumentReader(try parsedJSON(json, what: path))
        do {
            let digestReader = try reader.required("manifestDigest")
            guard let digest = Digest(try digestReader.string()) else {
                throw digestReader.error("is no digest")
            }
            let formReader = try reader.required("form")
            guard let form = ImageForm(rawValue: try formReader.string()) else {
                throw formReader.error("is no form that this version knows")
            }
            var configuration = ImageConfiguration()
            configuration.entrypoint = try reader.required("entrypoint").strings()
            configuration.command = try reader.required("command").strings()
            configuration.environment = try reader.required("environment").strings()
            configuration.workingDirectory = try reader.required("workingDirectory").string()
            configuration.platform = try reader.required("platform").string()
            let root = try reader.optional("rootDirectory")?.string()
            self.init(
                manifestDigest: digest,
                form: form,
                configuration: configuration,
                rootDirectory: root == nil ? nil : store.rootPath(digest),
                moduleFile: nil
            )
            if let module = try reader.optional("moduleFile") {
                let parts = try module.string().split(separator: "/").suffix(2)
                guard let blob = Digest(parts.joined(separator: ":")) else {
                    throw module.error("is no path of a blob")
                }
                moduleFile = store.blobPath(blob)
            }
            for text in try reader.required("admittedModules").strings() {
                if let root, let rootDirectory, text.hasPrefix(root + "/") {
                    admittedModules.insert(rootDirectory + text.dropFirst(root.count))
                } else if let moduleFile {
                    admittedModules.insert(moduleFile)
                }
            }
            annotations = try reader.optional("annotations")?.stringMap() ?? [:]
            contentChecksum = try reader.optional("contentChecksum")?.string()
            byteCount = try reader.required("byteCount").integer()
        } catch {
            throw .malformed(what: path, message: "\(error)")
        }
    }
}
