import Documents
import KubeModel

extension Commands {
    /// `diff -f`: what an apply would change; answers whether anything would.
    func diff(_ file: ManifestFile) async throws(OperatorError) -> Bool {
        var differs = false
        for object in file.objects {
            let present = try await access.object(object.key)
            var wanted = object.document
            if object.key.kind == .secrets { wanted = Secret.redacted(wanted) }
            let before = present.map { Self.comparable($0, like: wanted) }
            guard before != wanted else { continue }
            differs = true
            console.text(
                LineDifference.text(
                    from: before?.yamlText() ?? "",
                    to: wanted.yamlText(),
                    names: ("node/\(object.key.text)", "\(object.source)/\(object.key.text)")
                )
            )
        }
        return differs
    }

    /// The parts of an object that its author has a say in: what the file names, in its order.
    ///
    /// Why not all: defaults, uid, version and status are the node's, and no difference. What the
    /// object has beyond the file inside the spec is shown, since an apply takes it away.
    static func comparable(_ present: Document, like wanted: Document) -> Document {
        switch (present.content, wanted.content) {
        case (.object(let members), .object(let wishes)):
            var result: [Document.Member] = []
            for wish in wishes {
                guard let member = members.first(where: { $0.name == wish.name }) else { continue }
                let value = comparable(member.value, like: wish.value)
                result.append(.init(name: wish.name, value: value))
            }
            return .object(result)
        case (.array(let values), .array(let wishes)):
            let common = zip(values, wishes).map { comparable($0, like: $1) }
            return .array(common + values.dropFirst(wishes.count))
        case (_, _): return present
        }
    }
}

/// The difference of two texts, line by line, in the unified form.
enum LineDifference {
    /// Lines that are shown around a change.
    private static let contextLineCount = 3
    // Why: the comparison costs lines times differences; an object is a few hundred lines.
    private static let lineCountMax = 20_000

    private enum Line {
        case same(String)
        case removed(String)
        case added(String)

        var isChange: Bool { if case .same = self { false } else { true } }
        var text: String {
            switch self {
            case .same(let line): " " + line
            case .removed(let line): "-" + line
            case .added(let line): "+" + line
            }
        }
    }

    /// The difference; empty when there is none.
    static func text(from: String, to: String, names: (String, String)) -> String {
        let old = from.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let new = to.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard old.count + new.count <= lineCountMax else { return "(too long to compare)\n" }
        let lines = merged(old.map(String.init), new.map(String.init))
        guard lines.contains(where: \.isChange) else { return "" }
        var text = "--- \(names.0)\n+++ \(names.1)\n"
        var isShown = lines.map { _ in false }
        for index in lines.indices where lines[index].isChange {
            let from = max(0, index - contextLineCount)
            for near in from...min(lines.count - 1, index + contextLineCount) {
                isShown[near] = true
            }
        }
        var numbers = (old: 1, new: 1)
        for (index, line) in lines.enumerated() {
            if isShown[index], index == 0 || !isShown[index - 1] {
                text += "@@ -\(numbers.old) +\(numbers.new) @@\n"
            }
            if isShown[index] { text += Printable.cell(line.text) + "\n" }
            switch line {
            case .same: (numbers.old, numbers.new) = (numbers.old + 1, numbers.new + 1)
            case .removed: numbers.old += 1
            case .added: numbers.new += 1
            }
        }
        return text
    }

    private static func merged(_ old: [String], _ new: [String]) -> [Line] {
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count, removed.contains(left) {
                lines.append(.removed(old[left]))
                left += 1
            } else if right < new.count, added.contains(right) {
                lines.append(.added(new[right]))
                right += 1
            } else {
                // What is neither removed nor added stands in both, in the same order.
                lines.append(.same(new[right]))
                (left, right) = (left + 1, right + 1)
            }
        }
        return lines
    }
}
