// This file is a fence: it holds the address of a global's value.

/// A global instance: 16 bytes, of which a number uses the first four or eight.
@safe
final class GlobalCell {
    /// What it holds.
    let type: GlobalType
    // Safety: 16 bytes, either our own or in an instance's block, which the store keeps.
    private(set) var address: UnsafeMutableRawPointer
    private var isOwn = true

    static let bytes = 16
    /// Bytes that a global takes with its object and the lists it stands in.
    static let costBytes: UInt64 = 128

    /// A global that holds the value with these bits; `high` is for vectors.
    init(_ type: GlobalType, low: UInt64 = 0, high: UInt64 = 0) {
        self.type = type
        // Safety: freed in `deinit` or when the value moves.
        unsafe self.address = .allocate(byteCount: Self.bytes, alignment: 16)
        unsafe address.storeBytes(of: low, as: UInt64.self)
        unsafe address.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
    }

    deinit {
        // Safety: allocated in `init`.
        if isOwn { unsafe address.deallocate() }
    }

    /// The bits of a number or reference, the low half of a vector.
    // Safety: the address is valid as long as this object.
    var low: UInt64 {
        get { unsafe address.load(as: UInt64.self) }
        set { unsafe address.storeBytes(of: newValue, as: UInt64.self) }
    }

    /// The high half of a vector.
    // Safety: as above.
    var high: UInt64 {
        get { unsafe address.load(fromByteOffset: 8, as: UInt64.self) }
        set { unsafe address.storeBytes(of: newValue, toByteOffset: 8, as: UInt64.self) }
    }

    /// Moves the value to 16 bytes that live at least as long as this object.
    func move(to place: UnsafeMutableRawPointer) {
        unsafe place.copyMemory(from: address, byteCount: Self.bytes)
        // Safety: allocated in `init`.
        if isOwn { unsafe address.deallocate() }
        isOwn = false
        unsafe address = place
    }
}
