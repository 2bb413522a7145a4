/// How a pod is treated when memory runs short, as Kubernetes derives it from its resources.
public enum QOSClass: String, Sendable, CaseIterable {
    /// Every container has limits of processor and memory, and requests equal to them.
    case guaranteed = "Guaranteed"
    /// Some container asks for something.
    case burstable = "Burstable"
    /// No container asks for anything.
    case bestEffort = "BestEffort"
}

extension PodSpec {
    /// The class of this pod; init containers count.
    public var qosClass: QOSClass {
        let all = initContainers + containers
        let isSet = { (amounts: [String: Quantity], name: String) in (amounts[name]?.nano ?? 0) > 0
        }
        let names = ["cpu", "memory"]
        let asksForNothing = all.allSatisfy { container in
            names.allSatisfy {
                !isSet(container.resources.requests, $0) && !isSet(container.resources.limits, $0)
            }
        }
        if asksForNothing { return .bestEffort }
        let isGuaranteed = all.allSatisfy { container in
            names.allSatisfy { name in
                isSet(container.resources.limits, name)
                    && container.resources.requests[name] == container.resources.limits[name]
            }
        }
        return isGuaranteed ? .guaranteed : .burstable
    }
}
