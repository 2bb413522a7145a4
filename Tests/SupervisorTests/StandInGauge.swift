import Lifecycle
import Supervisor
import Synchronization

/// A machine whose measurements a test makes up.
final class StandInGauge: NodeGauge {
    struct World {
        var reading = NodeReading()
        var usages: [String: PodUsage] = [:]
        var lookCount = 0
        var pressed: (@Sendable () -> Void)?
        /// What was asked about which pods.
        var asked: [PodPlaces] = []
    }

    let world = Mutex(World())

    func reading() -> NodeReading {
        world.withLock {
            $0.lookCount += 1
            return $0.reading
        }
    }

    func usage(of pods: [PodPlaces]) -> [String: PodUsage] {
        world.withLock { world in
            world.asked = pods
            let pairs = pods.map { ($0.uid, world.usages[$0.uid] ?? PodUsage()) }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    func watchPressure(_ call: @escaping @Sendable () -> Void) {
        world.withLock { $0.pressed = call }
    }

    /// So much is left of something that there are 1,000 of.
    func leave(_ available: Int64, of signal: EvictionSignal) {
        world.withLock { $0.reading.amounts[signal] = .init(available: available, capacity: 1_000) }
    }

    func press() { world.withLock { $0.pressed }?() }
}
