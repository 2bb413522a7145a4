import Images
import KubeModel
import Synchronization
import Testing

@testable import Supervisor

// Goal: an image is asked for as its policy says, once at a time, and a link that is down stops
// nothing that is on disk. Method: a source that does as the test says.
@Suite("Image desk")
struct ImageDeskTests {
    private let reference = "oci:app:1"

    private func images(present: Bool, pullable: Bool) -> StandInImages {
        let images = StandInImages()
        images.world.withLock { world in
            world.present = present ? [reference] : []
            world.pullable = pullable ? [reference] : []
        }
        return images
    }

    @Test(
        "policy, presence and link decide about pulls",
        arguments: [
            (.never, true, false, 0, true), (.never, false, true, 0, false),
            (.ifNotPresent, true, false, 0, true), (.ifNotPresent, false, true, 1, true),
            (.ifNotPresent, false, false, 1, false), (.always, true, true, 1, true),
            (.always, false, false, 1, false), (.always, true, false, 1, true),
        ] as [(ImagePullPolicy, Bool, Bool, Int, Bool)]
    )
    func policies(
        policy: ImagePullPolicy,
        present: Bool,
        pullable: Bool,
        pulls: Int,
        succeeds: Bool
    ) async {
        let images = images(present: present, pullable: pullable)
        let image = try? await ImageDesk(source: images).ensure(reference, policy: policy)
        #expect((image != nil) == succeeds)
        #expect(images.world.withLock { $0.pulls.count } == pulls)
    }

    @Test("an image that is refused for good is not replaced by an older one")
    func refused() async {
        let images = images(present: true, pullable: false)
        images.world.withLock { $0.problem = .refused("invalid module") }
        let desk = ImageDesk(source: images)
        await #expect(throws: ImageProblem.refused("invalid module")) {
            _ = try await desk.ensure(reference, policy: .always)
        }
    }

    @Test("outside of the windows nothing is fetched that nobody asks for by hand")
    func windows() async throws {
        let images = images(present: true, pullable: true)
        images.world.withLock { _ = $0.pullable.insert("reg/app:1") }
        var windows = PullWindows()
        windows.windows = [try #require(PullWindows.Window("01:00-02:00"))]
        // Noon of a day in 2026.
        let desk = ImageDesk(source: images, windows: windows) {
            1_767_225_600_000_000_000 + 43_200_000_000_000
        }
        await #expect(throws: ImageProblem.self) {
            _ = try await desk.ensure("reg/app:1", policy: .ifNotPresent)
        }
        #expect(images.world.withLock { $0.pulls.isEmpty })
        _ = try await desk.ensure("reg/app:1", policy: .always, isExact: true)
        // A layout of this machine is on nobody's link.
        _ = try await desk.ensure(reference, policy: .always)
        #expect(images.world.withLock { $0.pulls } == ["reg/app:1", reference])
    }

    @Test("many containers that want one image cause few pulls, and all get it")
    func together() async {
        let images = images(present: false, pullable: true)
        let desk = ImageDesk(source: images)
        let reference = reference
        let count = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    (try? await desk.ensure(reference, policy: .ifNotPresent)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(count == 50)
        #expect(images.world.withLock { $0.pulls.count } < 50)
    }

    @Test("what is on its way is known, and how far it is, until it is here")
    func onTheirWay() async throws {
        let source = SlowImages()
        let desk = ImageDesk(source: source)
        async let image = desk.ensure(reference, policy: .always)
        var asked = source.asked.makeAsyncIterator()
        _ = await asked.next()
        #expect(await desk.pulls().map(\.reference) == [reference])
        #expect(await desk.pulls().first?.progress == nil)
        let half = PullProgress(byteCount: 50, totalByteCount: 100, bytesPerSecond: 5)
        source.say(PullReport.progress(half).line)
        source.say("not of ours")
        #expect(await desk.pulls().first?.progress == half)
        source.finish()
        _ = try await image
        #expect(await desk.pulls().isEmpty)
    }
}

/// A source with one pull, which takes until the test says so.
private final class SlowImages: ImageSource {
    let asked: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private let ending: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation
    private let listener = Mutex<@Sendable (String) -> Void>({ _ in })

    init() {
        (asked, bell) = AsyncStream.makeStream()
        (ending, end) = AsyncStream.makeStream()
    }

    func say(_ line: String) { listener.withLock { $0 }(line) }
    func finish() { end.finish() }

    func find(_ reference: String) async throws(ImageProblem) -> (any LocalImage)? { nil }

    func pull(_ reference: String) async throws(ImageProblem) -> any LocalImage {
        StandInImage(imageID: reference)
    }

    func pull(
        _ reference: String,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(ImageProblem) -> any LocalImage {
        listener.withLock { $0 = progress }
        bell.yield()
        for await _ in ending {}
        return StandInImage(imageID: reference)
    }
}
