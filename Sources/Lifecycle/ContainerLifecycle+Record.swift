internal import Documents
internal import KubeModel

extension ContainerLifecycle {
    var record: Document {
        var object = ObjectBuilder()
        object.set("name", name)
        object.set("attempt", attempt)
        object.set("isAttemptUsed", isAttemptUsed)
        object.set("imageID", imageID)
        object.set("fingerprint", Int64(bitPattern: fingerprint))
        object.set("crashCount", Int64(crashCount))
        object.set("failureCount", Int64(failureCount))
        object.set("startsAfterStop", startsAfterStop)
        object.set("unhealthySince", unhealthySince)
        object.set("image", image)
        object.set("isToChange", upgrade == nil ? nil : true)
        object.set("retryCount", retryCount)
        if isRunning, !isBeingStarted {
            object.set("isHookDone", true)
            object.set("wasStarted", hasStarted)
            object.set("wasReady", isReady)
        }
        object.set("problem", problem.map { Self.document($0, isOld: isProblemOld) })
        object.set("ended", ended.map(Self.document))
        object.set("endedBefore", endedBefore.map(Self.document))
        object.set("state", stateRecord)
        return object.document
    }

    private var stateRecord: Document {
        switch state {
        case .waiting, .wantingImage: ["is": "waiting"]
        case .imageFailed(_, let until): ["is": "imageFailed", "until": .integer(until)]
        case .starting(let grace):
            ["is": "starting", "grace": grace.map { .integer($0) } ?? .null]
        case .startFailed(_, let until): ["is": "startFailed", "until": .integer(until)]
        case .running(let since, let startedAt):
            [
                "is": "running", "since": .integer(since),
                "startedAt": .integer(startedAt.nanosecondsSinceEpoch),
            ]
        case .stopping(let startedAt, let killAt):
            [
                "is": "stopping", "startedAt": .integer(startedAt.nanosecondsSinceEpoch),
                "killAt": .integer(killAt),
            ]
        case .backingOff(let until): ["is": "backingOff", "until": .integer(until)]
        case .finished: ["is": "finished"]
        }
    }

    /// Reads a record; times of another boot mean nothing, so waits of then are over now.
    init(_ reader: DocumentReader, isSameBoot: Bool) throws(FieldError) {
        self.init(name: try reader.required("name").string())
        attempt = try reader.required("attempt").integer(in: 0...Int64.max - 1)
        isAttemptUsed = try reader.required("isAttemptUsed").bool()
        imageID = try reader.required("imageID").string()
        fingerprint = UInt64(bitPattern: try reader.required("fingerprint").integer())
        let counts: ClosedRange<Int64> = 0...1_000_000
        crashCount = Int(try reader.required("crashCount").integer(in: counts))
        failureCount = Int(try reader.required("failureCount").integer(in: counts))
        startsAfterStop = try reader.required("startsAfterStop").bool()
        image = try reader.optional("image")?.string() ?? ""
        retryCount = try reader.optional("retryCount")?.integer(in: counts) ?? 0
        belief.isToChange = try reader.optional("isToChange")?.bool() ?? false
        unhealthySince = try reader.optional("unhealthySince")?.integer()
        belief.isUnmet = true
        belief.isHookDone = try reader.optional("isHookDone")?.bool() ?? false
        belief.hasStarted = try reader.optional("wasStarted")?.bool() ?? false
        belief.isReady = try reader.optional("wasReady")?.bool() ?? false
        if let problem = try reader.optional("problem") {
            self.problem = try Self.problem(problem)
            isProblemOld = true
        }
        ended = try reader.optional("ended").map(Self.termination)
        endedBefore = try reader.optional("endedBefore").map(Self.termination)
        state = try Self.state(
            reader.required("state"),
            problem ?? Problem(reason: "Unknown", message: ""),
            isSameBoot: isSameBoot
        )
    }

    private static func state(
        _ reader: DocumentReader,
        _ problem: Problem,
        isSameBoot: Bool
    ) throws(FieldError) -> State {
        func time(_ name: String) throws(FieldError) -> Int64 {
            let time = try reader.required(name).integer()
            return isSameBoot ? time : 0
        }
        let word = try reader.required("is").string()
        switch word {
        case "waiting": return .waiting
        case "imageFailed": return .imageFailed(problem, until: try time("until"))
        case "starting": return .starting(stopGrace: try reader.optional("grace")?.integer())
        case "startFailed": return .startFailed(problem, until: try time("until"))
        case "running":
            let startedAt = try reader.required("startedAt").timestamp()
            return .running(since: try time("since"), startedAt: startedAt)
        case "stopping":
            let startedAt = try reader.required("startedAt").timestamp()
            return .stopping(startedAt: startedAt, killAt: try time("killAt"))
        case "backingOff": return .backingOff(until: try time("until"))
        case "finished": return .finished
        default: throw reader.error("is", "\(word) is no state of a container")
        }
    }

    private static func document(_ problem: Problem, isOld: Bool) -> Document {
        [
            "reason": .string(problem.reason), "message": .string(problem.message),
            "isAboutImage": .bool(problem.isAboutImage),
        ]
    }

    private static func problem(_ reader: DocumentReader) throws(FieldError) -> Problem {
        var problem = Problem(
            reason: try reader.required("reason").string(),
            message: try reader.required("message").string()
        )
        problem.isAboutImage = try reader.required("isAboutImage").bool()
        return problem
    }

    // Why not the status's own form: that one is cut to whole seconds.
    private static func document(_ end: ContainerState.Termination) -> Document {
        var object = ObjectBuilder()
        object.set("exitCode", Int64(end.exitCode))
        object.set("signal", end.signal.map { Int64($0) })
        object.set("reason", end.reason)
        object.set("message", end.message)
        object.set("startedAt", end.startedAt?.nanosecondsSinceEpoch)
        object.set("finishedAt", end.finishedAt?.nanosecondsSinceEpoch)
        object.set("containerID", end.containerID)
        return object.document
    }

    private static func termination(
        _ reader: DocumentReader
    ) throws(FieldError) -> ContainerState.Termination {
        let codes = Int64(Int32.min)...Int64(Int32.max)
        return ContainerState.Termination(
            exitCode: Int32(
                truncatingIfNeeded: try reader.required("exitCode").integer(in: codes)
            ),
            signal: try reader.optional("signal")?.integer(in: codes)
                .magnitudeAsSignal,
            reason: try reader.required("reason").string(),
            message: try reader.optional("message")?.string(),
            startedAt: try reader.optional("startedAt")?.timestamp(),
            finishedAt: try reader.optional("finishedAt")?.timestamp(),
            containerID: try reader.optional("containerID")?.string()
        )
    }
}

extension Int64 {
    fileprivate var magnitudeAsSignal: Int32 { Int32(truncatingIfNeeded: self) }
}
