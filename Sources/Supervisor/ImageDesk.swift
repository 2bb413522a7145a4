internal import KubeModel

/// The one place where images are asked for: one pull for each reference at a time, few at once.
actor ImageDesk {
    /// What was done to have the image.
    enum How: Sendable {
        case wasThere
        case pulled
        /// It could not be asked for again, and the one on disk is used.
        case pulledEarlier(ImageProblem)
    }

    // Why: a pull unpacks and validates; more than two at once starve the workloads of a small board.
    private static let pullsMax = 2

    private let source: any ImageSource
    private var waiting:
        [String: [CheckedContinuation<Result<any LocalImage, ImageProblem>, Never>]] =
            [:]
    private var freePulls = pullsMax
    private var queue: [CheckedContinuation<Void, Never>] = []

    init(source: any ImageSource) { self.source = source }

    /// Sees to it that the image is on disk.
    ///
    /// With `Always` an image that is on disk is used when asking for it again fails for reasons of the
    /// link: a gateway that starts without its registry must run what it has.
    func ensure(
        _ reference: String,
        policy: ImagePullPolicy
    ) async throws(ImageProblem) -> (any LocalImage, How) {
        let present = try await source.find(reference)
        switch policy {
        case .never:
            guard let present else { throw .unavailable("image \(reference) is not on this node") }
            return (present, .wasThere)
        case .ifNotPresent:
            if let present { return (present, .wasThere) }
            return (try await pull(reference), .pulled)
        case .always:
            do throws(ImageProblem) {
                return (try await pull(reference), .pulled)
            } catch .unavailable(let text) {
                guard let present else { throw .unavailable(text) }
                return (present, .pulledEarlier(.unavailable(text)))
            } catch {
                throw error
            }
        }
    }

    private func pull(_ reference: String) async throws(ImageProblem) -> any LocalImage {
        if waiting[reference] != nil {
            let result = await withCheckedContinuation { waiting[reference]?.append($0) }
            return try result.get()
        }
        waiting[reference] = []
        await takeTurn()
        let result: Result<any LocalImage, ImageProblem>
        do throws(ImageProblem) {
            result = .success(try await source.pull(reference))
        } catch {
            result = .failure(error)
        }
        giveTurn()
        for waiter in waiting.removeValue(forKey: reference) ?? [] {
            waiter.resume(returning: result)
        }
        return try result.get()
    }

    /// Removes what is not named; pulls wait meanwhile, so that none loses what it has just fetched.
    func prune(keeping references: Set<String>) async throws(ImageProblem) -> [String] {
        await takeTurn()
        defer { giveTurn() }
        return try await source.prune(keeping: references.union(waiting.keys))
    }

    private func takeTurn() async {
        guard freePulls == 0 else {
            freePulls -= 1
            return
        }
        await withCheckedContinuation { queue.append($0) }
    }

    private func giveTurn() {
        // The turn passes from hand to hand; only when nobody waits is it free.
        if queue.isEmpty { freePulls += 1 } else { queue.removeFirst().resume() }
    }
}
