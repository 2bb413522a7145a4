import Host

/// What a run has cost.
struct Statistics {
    /// How it is told.
    enum Form {
        case text
        case json
    }

    /// From reading the module to the guest's end.
    var wallNanoseconds: Int64
    /// Until the guest's first instruction: mapping, decoding, linking.
    var startNanoseconds: Int64
    /// Bytes of the module's file.
    var moduleBytes: Int

    func text(_ form: Form) -> String {
        switch form {
        case .text:
            """
            wall time    \(wallNanoseconds / 1_000) us
            start        \(startNanoseconds / 1_000) us
            module       \(moduleBytes) bytes

            """
        case .json:
            "{\"wallNanoseconds\":\(wallNanoseconds),\"startNanoseconds\":\(startNanoseconds),"
                + "\"moduleBytes\":\(moduleBytes)}\n"
        }
    }
}
