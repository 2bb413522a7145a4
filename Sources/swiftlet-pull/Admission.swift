import Host
import Images
import Wasm

/// Validates every body of an image's modules once, so that a start may postpone them.
enum Admission {
    private static let byteCountMax = Int64(UInt32.max)

    /// The modules that passed.
    ///
    /// The module that the image itself would run must pass; one beside it that does not is left out,
    /// and refused when a pod names it.
    static func admit(_ image: StoredImage) throws(ImageError) -> Set<String> {
        let entry = try? image.entry(command: nil, args: nil).modulePath
        var candidates = try image.moduleFiles(most: ImageLimits.admittedModuleCountMax)
        if let entry, !candidates.contains(entry) { candidates.append(entry) }
        var admitted: Set<String> = []
        for path in candidates {
            do {
                try validate(path)
                admitted.insert(path)
            } catch {
                if path == entry || path == image.moduleFile { throw error }
            }
        }
        return admitted
    }

    private static func validate(_ path: String) throws(ImageError) {
        if try ProgramKind(file: path) == .component {
            throw .unsupported(found: "a component, which needs the component model")
        }
        do {
            // Safety: mapped for as long as this process runs, and the store changes no file.
            let bytes = unsafe try MappedFile.map(path, byteCountMax: byteCountMax)
            let module = try Module(bytes: unsafe ModuleBytes(bytes))
            try module.validateAllBodies()
        } catch {
            throw .invalidModule(path: name(path), message: "\(error)")
        }
    }

    /// The end of a path: the store's own folders mean nothing to who reads the error.
    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
