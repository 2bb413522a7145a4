import TestKit

/// What happens in one simulated life of a node, in order: a list of steps that each bring their own chance.
///
/// So steps can be left out and the others still mean the same, which is how a failure is made small.
public struct Schedule: Equatable, Sendable {
    /// One thing that happens.
    public struct Step: Equatable, Sendable {
        /// What.
        public var kind: Kind
        /// What decides how.
        public var chance: UInt64
    }

    /// The kinds of things that happen.
    public enum Kind: String, CaseIterable, Sendable {
        /// The cloud wants another pod under a name.
        case wantAnother
        /// The cloud wants a pod to be different.
        case wantDifferent
        /// The cloud wants a pod to be different in a way that can never work.
        case wantBroken
        /// The cloud wants a pod to be gone.
        case wantGone
        /// A message arrives: not always the oldest.
        case deliver
        /// A message arrives once more.
        case redeliver
        /// Something that was asked for is done, or cannot be done.
        case answer
        /// A process ends by itself.
        case end
        /// Somebody asks for a restart of a pod's containers.
        case restartPod
        /// The node ends a pod that it has no room for any more.
        case evict
        /// Time passes, and what is due is done.
        case pass
        /// The wall clock jumps.
        case jump
        /// The daemon is killed and starts again.
        case killDaemon
        /// The machine loses its power and starts again.
        case cutPower
    }

    /// The steps, first things first.
    public var steps: [Step]

    /// A schedule of chosen steps.
    public init(_ steps: [Step]) { self.steps = steps }

    /// The schedule that a seed stands for.
    public init(seed: UInt64, stepCount: Int = Schedule.stepCount) {
        var random = SeededGenerator(seed: seed)
        steps = (0..<stepCount).map { _ in
            Step(kind: Self.drawn[random.below(Self.drawn.count)], chance: random.next())
        }
    }

    /// Steps of a schedule.
    ///
    /// Why 50: long enough for a pod to come, crash, change, be cut and go.
    public static let stepCount = 50

    // How often each kind is drawn: answers and time most, so that things get anywhere.
    private static let drawn: [Kind] = Kind.allCases.flatMap { kind in
        let weight =
            switch kind {
            case .answer: 10
            case .pass: 6
            case .deliver: 4
            case .end: 3
            case .wantAnother, .wantDifferent, .wantBroken: 2
            case .wantGone, .redeliver, .restartPod, .evict, .jump, .killDaemon,
                .cutPower:
                1
            }
        return Array(repeating: kind, count: weight)
    }
}

extension SeededGenerator {
    /// A number from 0 to one less than `count`; 0 where there is none.
    mutating func below(_ count: Int) -> Int {
        count > 0 ? Int(next() % UInt64(count)) : 0
    }

    /// Whether one in `count` holds.
    mutating func once(in count: Int) -> Bool { below(count) == 0 }
}
