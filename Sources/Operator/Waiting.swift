/// The value of `operation`, or `nil` when it takes longer than `seconds` or gives none.
///
/// The operation is cancelled at the end of the time and must heed that.
func firstValue<Value: Sendable>(
    withinSeconds seconds: Int,
    _ operation: @escaping @Sendable () async -> Value?
) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask { await operation() }
        group.addTask {
            try? await Task.sleep(for: .seconds(seconds))
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        return first
    }
}
