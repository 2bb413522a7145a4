public import Documents

/// What becomes of a field of the Kubernetes API here.
public enum FieldTreatment: Equatable, Sendable {
    /// It means here what it means there.
    case honoured
    /// It may say what it wants, since nothing that it could change exists here.
    case harmless(String)
    /// It is taken and has no effect yet; whoever sends it is told.
    case unenforced(String)
    /// It would change the meaning and cannot be honoured; what asks for nothing is let pass: zero
    /// values, and `unless` where there is such a value.
    case refused(String, unless: Document? = nil)
    /// As ``refused(_:unless:)``, until a later version does it.
    case notYet
}

/// What becomes of every field of one object of the API.
///
/// The tables are values, so that readers use them, a table for people can be made of them, and a test
/// can hold them against the API.
public struct FieldTable: Sendable {
    /// The object's name in the API reference: `v1.PodSpec`.
    public let name: String
    /// Every field, by name.
    public let fields: [String: FieldTreatment]

    init(_ name: String, _ fields: [String: FieldTreatment]) {
        self.name = name
        self.fields = fields
    }

    init(_ name: String, honoured: [String], _ others: [String: FieldTreatment] = [:]) {
        var fields = others
        for field in honoured { fields[field] = .honoured }
        self.init(name, fields)
    }
}

/// Collects what the sender should hear about while an object is read.
struct ReadingContext {
    /// Fields that were taken without effect.
    var remarks: [FieldError] = []
    /// Whether ``FieldTreatment/notYet`` lets pass, so that tests reach the readers behind it.
    var acceptsUnfinished = false
}

extension DocumentReader {
    /// Refuses the members of this object that `table` does not let pass.
    ///
    /// - Parameters:
    ///   - table: What becomes of each field.
    ///   - context: Takes the remarks.
    /// - Throws: The first field that is unknown or cannot be honoured.
    func check(_ table: FieldTable, _ context: inout ReadingContext) throws(FieldError) {
        for member in try members() {
            guard let treatment = table.fields[member.name] else {
                throw unknownField(member.name, known: table.fields.keys)
            }
            if member.value.isNull { continue }
            let asksForNothing = member.value.isZero
            switch treatment {
            case .honoured, .harmless: break
            case .unenforced(let reason):
                if !asksForNothing { context.remarks.append(error(member.name, reason)) }
            case .refused(let reason, let unless):
                let passes = unless.map { $0 == member.value } ?? asksForNothing
                if !passes { throw error(member.name, reason) }
            case .notYet:
                if !asksForNothing && !context.acceptsUnfinished {
                    throw error(member.name, "\(member.name) is not supported yet")
                }
            }
        }
    }
}

extension Document {
    /// Whether this is what Go leaves out as empty.
    fileprivate var isZero: Bool {
        switch content {
        case .null: true
        case .bool(let bool): !bool
        case .integer, .real: false
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        }
    }
}
