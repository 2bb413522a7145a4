// This file is a fence: it owns the memory that translated code lies in.

/// Translated code, in blocks of pages that the budget pays for.
///
/// Shape: a function's words follow its ``CodeHeader``. Code never moves, so that frames may point into
/// it. New code goes into the *gap*, which is the end of the newest block until the share is used up;
/// then a hand goes round through all blocks and evicts functions until a gap is wide enough. What lies
/// ahead of it, it marks as idle: a call of an idle function finds, by the same comparison as for one
/// without code, that it must be prepared, and that is all that wakes it. What is still idle when the
/// hand arrives is cold. So calls pay nothing for being counted. Functions that wait for others stay: when
/// they take up all of the share, more of the budget is taken for as long as that lasts.
@safe
final class CodeArena {
    /// Bytes of a block, unless a single function needs more or the share is less: small enough for a
    /// small budget, large enough that few blocks are made.
    static let blockBytesUsual = 64 * 1024
    /// What a function's entry takes in a list that grows by doubling.
    private static let entryBytes = UInt64(2 * MemoryLayout<Entry>.stride)
    /// Bytes that one eviction makes free, at most: so that one search of the stack serves several
    /// functions, which have about 2 KiB of code.
    private static let evictionBytesMax = 8 * 1024
    /// The part of the share that one eviction makes free, and the part ahead of it that it marks.
    private static let evictionPart = 16
    private static let idlePart = 4

    /// A function's place, for finding the function that an address lies in.
    struct Entry {
        var start: UInt
        var end: UInt
        /// The context of the instance; 0 for functions of the host.
        var context: UInt
        var functionIndex: UInt32
        /// As in its header, unless it is idle.
        var frameBytes: UInt32
        /// How far its frame is moved up (``WideFrame/bytes``), from its first operation's end on.
        var wideBytes: UInt32
        var isIdle = false
    }

    /// Pages, and the functions in them by address.
    private struct Block {
        var pages: AddressSpace
        var entries: [Entry] = []

        var start: UInt { unsafe UInt(bitPattern: pages.base) }
        var end: UInt { start + UInt(pages.byteCount) }

        /// The first entry that ends behind `address`.
        func index(after address: UInt) -> Int {
            var low = 0
            var high = entries.count
            while low < high {
                let middle = (low + high) / 2
                if entries[middle].end <= address { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private let budget: MemoryBudget
    /// Bytes that blocks may have together.
    private let shareBytes: Int
    private let blockBytes: Int
    private var blockBytesUsed = 0
    /// By address.
    private var blocks: [Block] = []
    /// Where the next code goes, and where that room ends.
    private var gap: Range<UInt> = 0..<0
    /// Bytes of code laid down so far, headers included.
    private(set) var byteCount = 0
    /// Functions whose code was given up so far.
    private(set) var evictedCount = 0
    /// Functions that have code now.
    var functionCount: Int { blocks.reduce(0) { $0 + $1.entries.count } }

    init(budget: MemoryBudget, shareBytes: UInt64) {
        self.budget = budget
        self.shareBytes = max(Int(clamping: shareBytes), AddressSpace.pageBytes)
        self.blockBytes = min(self.shareBytes & ~(AddressSpace.pageBytes - 1), Self.blockBytesUsual)
    }

    deinit {
        budget.release(UInt64(functionCount) * Self.entryBytes)
        for block in blocks { budget.release(UInt64(block.pages.byteCount)) }
    }

    /// Lays `code` down behind `header`; `nil` when there is no room, not even for another block.
    func place(
        _ code: CodeBuffer,
        header: CodeHeader,
        wideBytes: UInt32 = 0,
        context: Frame?
    ) -> Code? {
        let bytes = Self.bytes(code.count)
        guard makeRoom(bytes),
            let start = unsafe UnsafeMutableRawPointer(bitPattern: gap.lowerBound),
            let block = block(containing: gap.lowerBound), budget.left >= Self.entryBytes,
            budget.reserve(Self.entryBytes)
        else { return nil }
        let headerBytes = MemoryLayout<CodeHeader>.stride
        // Safety: `makeRoom` has made sure of `bytes` bytes.
        unsafe start.storeBytes(of: header, as: CodeHeader.self)
        unsafe UnsafeMutableRawBufferPointer(start: start + headerBytes, count: bytes - headerBytes)
            .copyMemory(from: code.bytes)
        let entry = Entry(
            start: gap.lowerBound,
            end: gap.lowerBound + UInt(bytes),
            context: UInt(bitPattern: context),
            functionIndex: header.functionIndex,
            frameBytes: header.frameBytes,
            wideBytes: wideBytes
        )
        blocks[block].entries.insert(entry, at: blocks[block].index(after: entry.start))
        gap = entry.end..<gap.upperBound
        byteCount += bytes
        return unsafe UnsafeRawPointer(start + headerBytes)
    }

    /// Bytes that so many words take.
    private static func bytes(_ wordCount: Int) -> Int {
        (MemoryLayout<CodeHeader>.stride + wordCount * 2 + 15) & ~15
    }

    /// The guest's function whose code the address lies in.
    func entry(containing address: UInt) -> Entry? {
        guard let block = block(containing: address) else { return nil }
        let index = blocks[block].index(after: address)
        guard index < blocks[block].entries.count else { return nil }
        let entry = blocks[block].entries[index]
        return entry.start <= address && entry.context != 0 ? entry : nil
    }

    /// No code lies outside.
    var bounds: Range<UInt> {
        guard let first = blocks.first, let last = blocks.last else { return 0..<0 }
        return first.start..<last.end
    }

    private func block(containing address: UInt) -> Int? {
        blocks.firstIndex { $0.start <= address && address < $0.end }
    }

    /// `isNeeded`: whether the budget alone decides, and not the share.
    private func makeRoom(_ bytes: Int, isNeeded: Bool = false) -> Bool {
        if bytes <= gap.count { return true }
        let pageBytes = AddressSpace.pageBytes
        let least = (bytes + pageBytes - 1) & ~(pageBytes - 1)
        // When little of the budget is left, all of that will do.
        let size = max(least, min(blockBytes, Int(clamping: budget.left) & ~(pageBytes - 1)))
        guard isNeeded || size <= shareBytes - blockBytesUsed, size <= budget.left,
            let pages = AddressSpace(byteCount: size), budget.reserve(UInt64(pages.byteCount))
        else { return false }
        blockBytesUsed += pages.byteCount
        let block = Block(pages: pages)
        blocks.insert(block, at: blocks.firstIndex { $0.start > block.start } ?? blocks.count)
        gap = block.start..<block.end
        return true
    }
}

extension CodeArena {
    /// Lets a function that the hand has marked be called again; false when there is no such one.
    func wake(_ code: Code) -> Bool {
        let address = UInt(bitPattern: code)
        guard let block = block(containing: address) else { return false }
        let index = blocks[block].index(after: address)
        guard index < blocks[block].entries.count, blocks[block].entries[index].isIdle else {
            return false
        }
        blocks[block].entries[index].isIdle = false
        setFrameBytes(blocks[block].entries[index].frameBytes, blocks[block].entries[index])
        return true
    }

    private func setFrameBytes(_ bytes: UInt32, _ entry: Entry) {
        // Safety: a header that was laid down at the entry's start.
        unsafe UnsafeMutablePointer<CodeHeader>(bitPattern: entry.start)?.pointee.frameBytes = bytes
    }

    /// Evicts cold functions until `wordCount` words have room.
    ///
    /// `isInUse` says whether some frame returns into a function; `forget` is told of each that goes.
    /// - Returns: `false` when there is no room even so.
    func evict(
        wordCount: Int,
        isInUse: (Entry) -> Bool,
        forget: (Entry) -> Void
    ) -> Bool {
        let bytes = Self.bytes(wordCount)
        let usual = min(Self.evictionBytesMax, shareBytes / Self.evictionPart)
        var hand = Hand(bytes: bytes, wanted: max(bytes, usual))
        start(&hand)
        gap = 0..<0
        defer { markAhead(hand, isInUse) }
        while !blocks.isEmpty, hand.visitsLeft >= 0 {
            hand.visitsLeft -= 1
            guard hand.entry < blocks[hand.block].entries.count else {
                if endBlock(&hand) || makeRoom(bytes) { return true }
                continue
            }
            let entry = blocks[hand.block].entries[hand.entry]
            if take(hand, upTo: entry.start, wanted: hand.wanted) { return true }
            if entry.context == 0 || isInUse(entry) {
                pass(&hand)
            } else if !entry.isIdle {
                markIdle(hand.block, hand.entry)
                pass(&hand)
            } else {
                forget(entry)
                blocks[hand.block].entries.remove(at: hand.entry)
                budget.release(Self.entryBytes)
                evictedCount += 1
            }
        }
        // All that is left is waited for, or lies so that it leaves no room.
        return makeRoom(bytes, isNeeded: true)
    }

    private func markIdle(_ block: Int, _ index: Int) {
        blocks[block].entries[index].isIdle = true
        setFrameBytes(CodeHeader.untranslated, blocks[block].entries[index])
    }

    /// Marks what the hand will come by next, so that what is called until then is seen to be.
    private func markAhead(_ hand: Hand, _ isInUse: (Entry) -> Bool) {
        var bytesLeft = shareBytes / Self.idlePart
        var (block, index) = (hand.block, hand.entry)
        for _ in 0..<(functionCount + blocks.count) where bytesLeft > 0 && block < blocks.count {
            guard index < blocks[block].entries.count else {
                (block, index) = ((block + 1) % blocks.count, 0)
                continue
            }
            let entry = blocks[block].entries[index]
            if entry.context != 0, !isInUse(entry) {
                bytesLeft -= Int(entry.end - entry.start)
                if !entry.isIdle { markIdle(block, index) }
            }
            index += 1
        }
    }

    /// Where an eviction is.
    private struct Hand {
        var bytes: Int
        var wanted: Int
        var block = 0
        var entry = 0
        /// Where the room before the entry begins.
        var free: UInt = 0
        var visitsLeft = 0
    }

    /// The hand goes on where the gap was: what lies behind it was laid down longest ago.
    private func start(_ hand: inout Hand) {
        // Once round to mark, once to evict, and once more, since a round may begin inside of a gap.
        hand.visitsLeft = 3 * (functionCount + blocks.count)
        hand.block = block(containing: gap.lowerBound) ?? 0
        guard hand.block < blocks.count else { return }
        hand.entry = blocks[hand.block].index(after: gap.lowerBound)
        hand.free =
            hand.entry == 0
            ? blocks[hand.block].start : blocks[hand.block].entries[hand.entry - 1].end
    }

    private func pass(_ hand: inout Hand) {
        hand.free = blocks[hand.block].entries[hand.entry].end
        hand.entry += 1
    }

    private func take(_ hand: Hand, upTo end: UInt, wanted: Int) -> Bool {
        guard end - hand.free >= UInt(wanted), budget.left >= Self.entryBytes else { return false }
        gap = hand.free..<end
        return true
    }

    /// Takes the end of a block, or goes on to the next one; a block without functions is given back.
    private func endBlock(_ hand: inout Hand) -> Bool {
        let block = blocks[hand.block]
        let isTooMuch = block.entries.isEmpty && blockBytesUsed > shareBytes
        if !isTooMuch, take(hand, upTo: block.end, wanted: hand.bytes) { return true }
        if block.entries.isEmpty {
            blocks.remove(at: hand.block)
            blockBytesUsed -= block.pages.byteCount
            budget.release(UInt64(block.pages.byteCount))
        } else {
            hand.block += 1
        }
        if hand.block >= blocks.count { hand.block = 0 }
        hand.entry = 0
        hand.free = blocks.isEmpty ? 0 : blocks[hand.block].start
        return false
    }
}
