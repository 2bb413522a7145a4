import Documents
import Glibc
import TestKit

/// An OCI image layout on disk, with modules as artifacts of one raw layer.
///
/// Source: OCI image layout 1.0; CNCF wasm OCI artifact (media types).
struct ImageLayout {
    let folder: String
    private var manifests: [Document] = []

    init(folder: String) throws {
        self.folder = folder
        for path in [folder, folder + "/blobs", folder + "/blobs/sha256"] { mkdir(path, 0o755) }
        try writeFile(folder + "/oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
    }

    /// Adds a module under a tag.
    mutating func add(_ tag: String, _ module: [UInt8]) throws {
        let layer = try blob(module, type: "application/wasm")
        let configuration: Document = [
            "architecture": "wasm", "os": "wasip1",
            "layerDigests": .array([layer["digest"] ?? .null]),
        ]
        let manifest: Document = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": try blob(
                configuration.json(),
                type: "application/vnd.wasm.config.v0+json"
            ),
            "layers": [layer],
        ]
        var entry = try blob(manifest.json(), type: "application/vnd.oci.image.manifest.v1+json")
        if case .object(let members) = entry.content {
            let name: Document = ["org.opencontainers.image.ref.name": .string(tag)]
            entry = .object(members + [Document.Member(name: "annotations", value: name)])
        }
        manifests.append(entry)
        let index: Document = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": .array(manifests),
        ]
        try writeFile(folder + "/index.json", index.json())
    }

    private func blob(_ bytes: [UInt8], type: String) throws -> Document {
        let temporary = folder + "/blobs/new"
        try writeFile(temporary, bytes)
        let digest = try run("sha256sum", [temporary]).standardOutput.prefix { $0 != " " }
        rename(temporary, folder + "/blobs/sha256/\(digest)")
        return [
            "mediaType": .string(type), "digest": .string("sha256:\(digest)"),
            "size": .integer(Int64(bytes.count)),
        ]
    }
}
