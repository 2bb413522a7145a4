import Documents

extension Commands {
    /// `get -w`: what is there, and then what changes, until nobody reads any more.
    func watch(_ selection: Selection, _ listing: Listing) async throws(OperatorError) {
        guard access.canChange else {
            throw .notThisWay(
                what: "nothing changes while swiftletd is not running",
                advice: "leave out -w, or start it with `systemctl start swiftletd`"
            )
        }
        var seen: [String: Document] = [:]
        var isFirst = true
        while true {
            let (objects, missing) = try await find(selection)
            if isFirst, let name = missing.first {
                throw .notFound(kind: selection.kind.singular, name: name)
            }
            let changed = Self.changes(in: objects, since: &seen)
            if isFirst || !changed.isEmpty {
                var printer = printer(of: selection, listing)
                printer.isSingle = changed.count == 1
                printer.leavesOutHeaders = listing.leavesOutHeaders || !isFirst
                guard console.write(Array(printer.text(changed).utf8)) else { return }
            }
            isFirst = false
            do { try await Task.sleep(for: .milliseconds(access.lookAgainMilliseconds)) } catch {
                return
            }
        }
    }

    /// The objects that are new or differ from what was seen; bounded by what the node has.
    static func changes(
        in objects: [Document],
        since seen: inout [String: Document]
    ) -> [Document] {
        var present: [String: Document] = [:]
        var changed: [Document] = []
        for object in objects {
            let view = ObjectView(object)
            let key = "\(view.namespace)/\(view.name)/\(view.uid ?? "")"
            present[key] = object
            if seen[key] != object { changed.append(object) }
        }
        seen = present
        return changed
    }
}

/// What `wait` waits for.
public enum WaitGoal: Equatable, Sendable {
    /// The object is gone.
    case deletion
    /// The condition of a type has a value, compared without regard to case.
    case condition(String, String)
    /// A template makes this text of the object.
    case value(JSONPath, String)

    /// Reads what stands behind `--for`.
    ///
    /// - Parameter text: `delete`, `condition=TYPE[=VALUE]` or `jsonpath=TEMPLATE=VALUE`.
    /// - Throws: ``OperatorError/usage(_:)``.
    public init(_ text: String) throws(OperatorError) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("delete", 1): self = .deletion
        case ("condition", 2):
            let condition = parts[1].split(separator: "=", maxSplits: 1).map(String.init)
            guard let type = condition.first else { throw Self.problem(text) }
            self = .condition(type, condition.count == 2 ? condition[1] : "True")
        case ("jsonpath", 2):
            // The value stands after the last brace, since a filter has equal signs of its own.
            guard let brace = parts[1].lastIndex(of: "}"),
                parts[1][brace...].hasPrefix("}=")
            else { throw Self.problem(text) }
            let value = parts[1][parts[1].index(brace, offsetBy: 2)...]
            self = .value(try JSONPath(String(parts[1][...brace])), String(value))
        case (_, _): throw Self.problem(text)
        }
    }

    private static func problem(_ text: String) -> OperatorError {
        .usage(
            "--for \(text): write condition=Ready, delete, or jsonpath='{.status.phase}'=Running"
        )
    }

    /// Whether the object is as wanted; `nil` stands for one that is not there.
    func isMet(by object: Document?) -> Bool {
        switch self {
        case .deletion: object == nil
        case .condition(let type, let value):
            object.flatMap { ObjectView($0).condition(type)?["status"]?.string }?.lowercased()
                == value.lowercased()
        case .value(let template, let value): object.map { template.text($0) == value } ?? false
        }
    }
}

extension Commands {
    /// `wait --for`, for each of the objects.
    func wait(
        for goal: WaitGoal,
        _ selections: [Selection],
        timeoutSeconds: Int64
    ) async throws(OperatorError) {
        let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
        let keys = try await keys(of: selections)
        if keys.isEmpty, goal != .deletion {
            throw .usage("there is nothing to wait for")
        }
        for key in keys {
            var object = try await access.object(key)
            if object == nil, goal != .deletion {
                throw .notFound(kind: key.kind.singular, name: key.name)
            }
            while !goal.isMet(by: object) {
                let pause = Duration.milliseconds(access.lookAgainMilliseconds)
                guard access.canChange, ContinuousClock.now + pause < deadline,
                    (try? await Task.sleep(for: pause)) != nil
                else {
                    throw .unanswered(
                        what: "what was waited for of \(key.words)",
                        seconds: Int(clamping: timeoutSeconds),
                        advice: "look with `swiftlet describe \(key.text)`"
                    )
                }
                object = try await access.object(key)
            }
            console.line("\(key.text) \(goal == .deletion ? "deleted" : "condition met")")
        }
    }
}
