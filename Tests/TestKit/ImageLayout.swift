import Glibc

/// An OCI image layout on disk: modules as artifacts of one raw layer, and images with a root.
///
/// Source: OCI image layout 1.0 and image specification; CNCF wasm OCI artifact (media types).
public struct ImageLayout {
    /// Where it lies.
    public let folder: String
    private var manifests: [String] = []

    /// An empty one.
    public init(folder: String) throws {
        self.folder = folder
        for path in [folder, folder + "/blobs", folder + "/blobs/sha256"] { mkdir(path, 0o755) }
        try writeFile(folder + "/oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
    }

    /// Adds a module under a tag.
    public mutating func add(_ tag: String, _ module: [UInt8]) throws {
        let layer = try blob(module, type: "application/wasm")
        let configuration =
            #"{"architecture":"wasm","os":"wasip1","layerDigests":["\#(layer.digest)"]}"#
        try add(
            tag,
            configuration,
            type: "application/vnd.wasm.config.v0+json",
            layer: layer.descriptor
        )
    }

    /// Adds an image whose root is made of one layer, a tar archive, and which runs a file of it.
    public mutating func add(_ tag: String, root archive: [UInt8], entry: String) throws {
        let layer = try blob(archive, type: "application/vnd.oci.image.layer.v1.tar")
        let configuration = #"""
            {"architecture":"wasm","os":"wasip1","config":{"Entrypoint":["\#(entry)"]},\#
            "rootfs":{"type":"layers","diff_ids":["\#(layer.digest)"]}}
            """#
        try add(
            tag,
            configuration,
            type: "application/vnd.oci.image.config.v1+json",
            layer: layer.descriptor
        )
    }

    private mutating func add(
        _ tag: String,
        _ configuration: String,
        type: String,
        layer: String
    ) throws {
        let config = try blob(Array(configuration.utf8), type: type)
        let kind = "application/vnd.oci.image.manifest.v1+json"
        let manifest = #"""
            {"schemaVersion":2,"mediaType":"\#(kind)","config":\#(config.descriptor),\#
            "layers":[\#(layer)]}
            """#
        let entry = try blob(Array(manifest.utf8), type: kind)
        let name = #""annotations":{"org.opencontainers.image.ref.name":"\#(tag)"}"#
        manifests.append("\(entry.descriptor.dropLast()),\(name)}")
        try writeFile(
            folder + "/index.json",
            #"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",\#
            "manifests":[\#(manifests.joined(separator: ","))]}
            """#
        )
    }

    private func blob(
        _ bytes: [UInt8],
        type: String
    ) throws -> (digest: String, descriptor: String) {
        let temporary = folder + "/blobs/new"
        try writeFile(temporary, bytes)
        let hex = try run("sha256sum", [temporary]).standardOutput.prefix { $0 != " " }
        rename(temporary, folder + "/blobs/sha256/\(hex)")
        let digest = "sha256:\(hex)"
        let descriptor =
            #"{"mediaType":"\#(type)","digest":"\#(digest)","size":\#(bytes.count)}"#
        return (digest, descriptor)
    }
}
