// simulate COUNT [FIRST-SEED]: lives that many schedules on two threads; SWIFTLET_SEED=N lives one and says each step.

import Dispatch
import Glibc
import Simulation
import Synchronization

// SWIFTLET_FLAW=NAME puts a mistake in on purpose, to see that it is found.
let flaw = getenv("SWIFTLET_FLAW").flatMap { Flaw(rawValue: String(cString: $0)) }
let arguments = CommandLine.arguments
let named = getenv("SWIFTLET_SEED").flatMap { UInt64(String(cString: $0)) }
let count = named == nil ? (arguments.count > 1 ? UInt64(arguments[1]) ?? 0 : 100_000) : 1
let first = named ?? (arguments.count > 2 ? UInt64(arguments[2]) ?? 0 : 0)
guard count > 0 else {
    print("usage: simulate COUNT [FIRST-SEED]")
    exit(64)
}

let found = Mutex<UInt64?>(nil)
// Why in blocks of 1,000: a failure is heard of soon, and nobody waits for the other thread long.
let blocks = Int((count + 999) / 1_000)
DispatchQueue.concurrentPerform(iterations: blocks) { block in
    let start = first + UInt64(block) * 1_000
    for seed in start..<min(start + 1_000, first + count) {
        guard found.withLock({ $0 == nil }) else { return }
        if World.live(Schedule(seed: seed), flaw: flaw) != nil {
            found.withLock { if $0.map({ seed < $0 }) ?? true { $0 = seed } }
        }
    }
}
guard let seed = found.withLock({ $0 }) else {
    print("\(count) schedules from seed \(first): every invariant held")
    exit(0)
}
let schedule = Schedule(seed: seed)
let small = schedule.shrunk { World.live($0, flaw: flaw) != nil }
print("seed \(seed) fails: \(World.live(schedule, flaw: flaw) ?? "")")
print(
    "\(small.steps.count) of \(schedule.steps.count) steps are enough: \(World.live(small, flaw: flaw) ?? "")"
)
if named != nil { for line in World.tell(small, flaw: flaw) { print(line) } }
print("again: SWIFTLET_SEED=\(seed) simulate")
exit(1)
