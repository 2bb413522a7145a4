/// How much of an image is taken; each limit with its reason.
public enum ImageLimits {
    /// Bytes of a manifest or index: what registries must take (distribution 1.1, "Pushing Manifests").
    public static let manifestByteCountMax: Int64 = 4 * 1024 * 1024
    /// Bytes of an image configuration; real ones have a few thousand.
    public static let configurationByteCountMax: Int64 = 1024 * 1024
    /// Layers of an image: as many as overlayfs under Docker could ever stack.
    public static let layerCountMax = 128
    /// Bytes of one layer as it is sent: 1 GiB, four times the memory of the gateways we are for.
    public static let layerByteCountMax: Int64 = 1024 * 1024 * 1024
    /// Entries of all layers together; a bomb by count has millions.
    public static let entryCountMax = 100_000
    /// Bytes of all files of all layers together.
    public static let unpackedByteCountMax: Int64 = 2 * 1024 * 1024 * 1024
    /// Bytes out of a layer for each byte in; gzip reaches 1,032 with zeros alone, real layers 10.
    public static let expansionMax: Int64 = 200
    /// Bytes that any layer may give, however few it has: a small layer with one file of zeros is
    /// honest, and 128 such layers are still no more than ``unpackedByteCountMax``.
    public static let expansionByteCountMin: Int64 = 16 * 1024 * 1024
    /// What is left free for the database and the logs: 1/20 of the disk, and never more than this.
    public static let reserveByteCountMax: Int64 = 64 * 1024 * 1024
    /// Bytes of files for each byte of a layer that are expected before it is unpacked.
    public static let expansionExpected: Int64 = 3
    /// Bytes of headers that a layer may have beside what its files hold: 160 for each entry at most.
    public static let headerByteCountMax: Int64 = 16 * 1024 * 1024
    /// Platforms looked at in an index, and indexes inside an index.
    public static let indexEntryCountMax = 256
    /// Modules of one image that are validated at admission; the others at their start.
    public static let admittedModuleCountMax = 64
    /// Links followed in one path, as Linux does (path_resolution(7)).
    public static let linkCountMax = 40
    /// Bytes read or written at once.
    public static let chunkByteCount = 256 * 1024
}
