import KubeModel
import Testing

/// Rule 4 of the MQTT contract, as a table.
@Suite struct VersionOrderTests {
    private static func version(
        _ resourceVersion: String,
        uid: String = "a",
        generation: Int64? = nil,
        isDerived: Bool = false
    ) -> ObjectVersion {
        ObjectVersion(
            uid: uid,
            resourceVersion: resourceVersion,
            isDerived: isDerived,
            generation: generation
        )
    }

    @Test(
        arguments: [
            (nil, version("1"), .new),
            (version("1"), version("1"), .same),
            (version("x"), version("x"), .same),
            (version("5"), version("5", generation: 1), .same),
            (version("1"), version("2"), .newer),
            (version("2"), version("1"), .stale),
            (version("9"), version("10"), .newer),
            (version("10"), version("9"), .stale),
            (version("007"), version("7"), .newer),
            (version("007"), version("6"), .stale),
            (version("0"), version("00"), .newer),
            // Longer than any integer type.
            (version("99999999999999999999999"), version("100000000000000000000000"), .newer),
            (version("100000000000000000000000"), version("99999999999999999999999"), .stale),
            // No numbers: the later arrival wins.
            (version("b"), version("a"), .newer),
            (version("2"), version("a"), .newer),
            (version("a"), version("1"), .newer),
            (version("2"), version("-1"), .newer),
            (version("2"), version("1.5"), .newer),
            (version("2"), version(""), .newer),
            (version("2"), version("１"), .newer),
            // No numbers, but generations on both sides.
            (version("b", generation: 2), version("a", generation: 1), .stale),
            (version("b", generation: 2), version("a", generation: 2), .newer),
            (version("b", generation: 2), version("a", generation: 3), .newer),
            (version("b", generation: 2), version("a"), .newer),
            (version("b"), version("a", generation: 1), .newer),
            // Numbers decide before generations.
            (version("2", generation: 1), version("1", generation: 2), .stale),
            (version("1", generation: 2), version("2", generation: 1), .newer),
            // A digest that looks like a number is none.
            (version("9999999999999999", isDerived: true), version("1"), .newer),
            (version("2"), version("1111111111111111", isDerived: true), .newer),
            (
                version("2222222222222222", isDerived: true),
                version("1111111111111111", isDerived: true), .newer
            ),
            (
                version("1111111111111111", isDerived: true),
                version("1111111111111111", isDerived: true), .same
            ),
            // Another object of the same name, whatever its version.
            (version("2"), version("1", uid: "b"), .otherUID),
            (version("1"), version("1", uid: "b"), .otherUID),
        ] as [(ObjectVersion?, ObjectVersion, VersionOrder.Decision)]
    )
    func theContractDecides(
        stored: ObjectVersion?,
        incoming: ObjectVersion,
        expected: VersionOrder.Decision
    ) {
        #expect(VersionOrder.decide(stored: stored, incoming: incoming) == expected)
    }
}
