public import Images

/// An image by way of its mirrors: each is asked in order, and its own registry last.
///
/// A mirror that fails, or has something else than what was asked for, gives way to the next; what it
/// has sent by then is kept, since every byte is hashed on its way to the disk.
public final class MirroredSource: BlobSource {
    /// Mirrors of one registry that are taken.
    public static let mirrorCountMax = 8

    private let sources: [RegistrySource]
    /// Sources that have failed once: they are not asked first again in this pull.
    private var failed: Set<Int> = []
    private let warn: (String) -> Void

    /// Sources in the order in which they are asked; the last is the registry that the image names.
    ///
    /// - Parameters:
    ///   - sources: At least one.
    ///   - warn: Is told of each mirror that was passed over.
    public init(_ sources: [RegistrySource], warn: @escaping (String) -> Void) {
        self.sources = sources
        self.warn = warn
    }

    /// Asks what a tag or digest stands for.
    public func resolve(_ reference: ImageReference) throws(ImageError) -> BlobDescriptor {
        try first { source throws(ImageError) in try source.resolve(reference) }
    }

    /// Reads a manifest or a blob; the next source goes on where one has failed.
    public func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        var position = offset
        var refusal: ImageError?
        try first { source throws(ImageError) in
            try source.read(blob, from: position) { bytes throws(ImageError) in
                do throws(ImageError) { try take(bytes) } catch {
                    refusal = error
                    throw error
                }
                position += Int64(bytes.count)
            }
        } unless: {
            // What the store says is not the mirror's fault.
            refusal != nil
        }
    }

    private func first<Value>(
        _ ask: (RegistrySource) throws(ImageError) -> Value,
        unless isOurs: () -> Bool = { false }
    ) throws(ImageError) -> Value {
        let last = sources.count - 1
        for (number, source) in sources.enumerated()
        where number < last && !failed.contains(number) {
            do throws(ImageError) { return try ask(source) } catch {
                if isOurs() { throw error }
                failed.insert(number)
                warn("mirror \(source.origin) is passed over: \(error)")
            }
        }
        return try ask(sources[last])
    }
}
