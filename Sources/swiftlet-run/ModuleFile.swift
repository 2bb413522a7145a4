import Host
import Wasm

// This file is a fence: it hands the mapping of a module's file to the decoder.

/// A module's file, mapped read-only.
enum ModuleFile {
    // Source: WebAssembly, sizes are 32 bits.
    private static let byteCountMax = Int64(UInt32.max)

    static func map(_ path: String) throws(RunError) -> ModuleBytes {
        do {
            // Safety: never unmapped; the image store changes no file that it has taken in.
            return unsafe ModuleBytes(try MappedFile.map(path, byteCountMax: byteCountMax))
        } catch {
            throw .file(error)
        }
    }
}
