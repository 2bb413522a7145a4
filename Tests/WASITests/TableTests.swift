import Glibc
import Testing

@testable import WASI

// Goal: the tables of numbers are whole. Method: count them, and try what a guest would.
@Suite("Preview 1's tables")
struct TableTests {
    @Test("all 46 functions are there, each once, and what is missing is named")
    func functions() {
        let names = Preview1Function.all.map(\.name)
        #expect(names.count == 46)
        #expect(Set(names).count == 46)
        #expect(Preview1Function.missing.isSubset(of: names))
    }

    @Test("error numbers are those of the text, and every common error of Linux has one")
    func errors() {
        #expect(ErrorNumber.allCases.map(\.rawValue) == Array(0...87))
        #expect(ErrorNumber(system: ENOENT) == .noEntry)
        #expect(ErrorNumber(system: EOPNOTSUPP) == .notSupported)
        #expect(ErrorNumber(system: 9_999) == .inputOutput)
        for number in Int32(1)...40 where number != ENOTBLK && number != ETXTBSY {
            #expect(ErrorNumber(system: number) != .inputOutput || number == EIO, "\(number)")
        }
    }

    @Test("the lowest free number is taken, and the table is bounded")
    func descriptors() throws {
        let entry = Descriptor(kind: .empty, type: .unknown, rights: [], inheriting: [])
        var table = DescriptorTable()
        for number in 0..<DescriptorTable.countMax {
            #expect(try table.add(entry) == UInt32(number))
        }
        #expect(!table.hasRoom)
        #expect(throws: ErrorNumber.tooManyDescriptors) { try table.add(entry) }
        try table.remove(7)
        #expect(throws: ErrorNumber.badDescriptor) { try table.remove(7) }
        #expect(try table.add(entry) == 7)
        #expect(throws: ErrorNumber.badDescriptor) { try table[UInt32.max] }
        #expect(throws: ErrorNumber.notCapable) { try table.entry(0, .read) }
    }

    @Test("packed folder entries are taken apart, and damaged ones end the list")
    func entries() {
        var packed = [UInt8](repeating: 0, count: 24)
        packed[0] = 5
        packed[8] = 9
        packed[16] = 24
        packed[18] = 4
        packed[19] = 0x61
        var names = DirectoryEntries(packed + [1, 2, 3])
        let entry = names.next()
        #expect(entry?.inode == 5 && entry?.nextPosition == 9 && entry?.type == .directory)
        #expect(entry?.name == [0x61])
        #expect(entry?.bytes.count == 25)
        #expect(names.next() == nil)
        packed[16] = 200
        var damaged = DirectoryEntries(packed)
        #expect(damaged.next() == nil)
    }
}
