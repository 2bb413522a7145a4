import KubeModel
import Lifecycle

/// What is wrong with a version that can never work, as its image is called.
enum Broken: String, CaseIterable {
    /// There is no such image.
    case missing = "oci:missing"
    /// It ends as soon as it has begun.
    case crashing = "oci:crashing"
    /// It never says that it can serve.
    case deaf = "oci:deaf"
}

extension Pod {
    /// Whether it can ever be ready.
    var isBroken: Bool {
        spec.containers.contains { container in
            switch Broken.allCases.first(where: { container.image.hasPrefix($0.rawValue) }) {
            case .missing, .crashing: true
            case .deaf: container.readinessProbe != nil
            case nil: false
            }
        }
    }

    /// The version in which what its first container is made of was last changed.
    var imageNumber: Int {
        spec.containers.first?.image.split(separator: ":").last.flatMap { Int($0) } ?? 0
    }

    /// Whether a version that is not ready in time gives way to the last good one.
    var isGuarded: Bool { metadata.annotations[PodAnnotations.progressDeadline] != nil }
}
