internal import Host
internal import Logging
internal import Seccomp
internal import Supervisor

/// What this daemon holds its workloads in: found out once, at the start.
struct NodeSandbox {
    let settings: SandboxSettings
    private let filter: OwnedDescriptor?
    private let groups: ControlGroupTree?
    /// What pulls are held in.
    let pulls: PullConfinement

    /// - Parameters:
    ///   - isRequired: Whether no workload starts while anything is missing.
    ///   - puller: The name or number of the user of pulls.
    ///   - kernel: What can be had.
    init(isRequired: Bool, puller: String, kernel: KernelSupport = .probe()) {
        var missing = kernel.missing
        let user = SystemUser.find(puller)
        // Who is not root is told of that already, and is one user with all that he starts.
        if user == nil, kernel.canChangeUser {
            missing.append(
                "a user of their own for pulls (\(SystemUser.file) has no \(puller); they run as user "
                    + "\(kernel.ownUser))"
            )
        }
        var filter: OwnedDescriptor?
        var pullFilter: OwnedDescriptor?
        if kernel.hasFilters {
            do throws(SeccompError) {
                if let architecture = Architecture.own {
                    // Built once: every runner gets the same file, which nobody can change.
                    filter = try SystemCallFilter.runner.sealed(for: architecture)
                    pullFilter = try SystemCallFilter.puller.sealed(for: architecture)
                } else {
                    missing.append("seccomp (there is no filter for this architecture)")
                }
            } catch {
                missing.append("seccomp (\(error))")
            }
        }
        self.filter = filter
        pulls = PullConfinement(kernel: kernel, filter: pullFilter, user: user)
        var problem = ""
        do throws(HostError) {
            let groups = try ControlGroupTree.ofThisProcess()
            let lacking = ControlGroupTree.wanted.subtracting(groups.controllers).sorted()
            if !lacking.isEmpty {
                problem = "no controller " + lacking.joined(separator: ", ")
            }
            self.groups = groups
        } catch {
            groups = nil
            problem = error.description
        }
        settings = SandboxSettings(
            kernel: kernel,
            missing: missing,
            isRequired: isRequired,
            controlGroupProblem: problem
        )
    }

    /// What starts runners in it.
    func host(_ layout: DirectoryLayout, runner: String) -> ProcessWorkloadHost {
        ProcessWorkloadHost(
            layout: layout,
            runner: runner,
            kernel: settings.kernel,
            filter: filter,
            groups: groups
        )
    }

    /// Says what is missing, once.
    func log(to logger: Logger) {
        guard !settings.missing.isEmpty else { return }
        logger.warning(
            "workloads are not held in by all that there could be",
            metadata: [
                "missing": "\(settings.missing.joined(separator: ", "))",
                "required": "\(settings.isRequired)",
            ]
        )
    }
}
