import Host
import Testing

// Goal: what cannot be had is told and left out, and nothing else is. Method: kernels as values, then
// the one that we run on.
@Suite("what the kernel can take away")
struct KernelSupportTests {
    private static func kernel(
        landlock: Int32 = 7,
        filters: Bool = true,
        root: Bool = true
    ) -> KernelSupport {
        KernelSupport(
            landlockVersion: landlock,
            hasFilters: filters,
            canChangeUser: root,
            canDropBoundingSet: root,
            canLowerOutOfMemoryScore: root,
            ownOutOfMemoryScore: 100,
            ownUser: root ? 0 : 1_000
        )
    }

    private static var wanted: Confinement {
        var confinement = Confinement()
        confinement.user = .init(id: 7, group: 7)
        confinement.places = [.init("/", .read)]
        confinement.listeningPorts = [80]
        confinement.connectingPorts = [443]
        confinement.isScoped = true
        confinement.filterDescriptor = 4
        confinement.dropsBoundingSet = true
        confinement.processesMax = 0
        confinement.openFilesMax = 10
        confinement.outOfMemoryScore = -997
        return confinement
    }

    @Test("a kernel with everything takes everything, and nothing is missing")
    func whole() {
        #expect(Self.kernel().fit(Self.wanted) == Self.wanted)
        #expect(Self.kernel().missing == [])
    }

    @Test(
        "an older Landlock does what it can, and the rest is named",
        arguments: [(0, false, false, false), (1, true, false, false), (4, true, true, false)]
            as [(Int32, Bool, Bool, Bool)]
    )
    func landlock(version: Int32, files: Bool, ports: Bool, scopes: Bool) {
        let kernel = Self.kernel(landlock: version)
        let fitted = kernel.fit(Self.wanted)
        #expect((fitted.places != nil) == files)
        #expect((fitted.listeningPorts != nil) == ports)
        #expect((fitted.connectingPorts != nil) == ports)
        #expect(fitted.isScoped == scopes)
        #expect(kernel.missing.contains { $0.hasPrefix("Landlock") } == !ports)
        #expect(fitted.filterDescriptor == 4)
    }

    @Test("without seccomp there is no filter, and that is named")
    func filters() {
        let kernel = Self.kernel(filters: false)
        #expect(kernel.fit(Self.wanted).filterDescriptor == nil)
        #expect(kernel.missing.count == 1)
        #expect(kernel.missing.first?.hasPrefix("seccomp") == true)
    }

    @Test("without root the user stays, and the score only rises")
    func user() {
        let kernel = Self.kernel(root: false)
        let fitted = kernel.fit(Self.wanted)
        #expect(fitted.user == nil)
        #expect(fitted.processesMax == nil)
        #expect(!fitted.dropsBoundingSet)
        #expect(fitted.outOfMemoryScore == 100)
        #expect(fitted.places == Self.wanted.places)
        #expect(fitted.openFilesMax == 10)
        #expect(kernel.missing.contains { $0.contains("1000") })
    }

    @Test("this kernel answers")
    func probe() {
        let kernel = KernelSupport.probe()
        #expect(kernel.landlockVersion >= 0)
        #expect((-1_000...1_000).contains(kernel.ownOutOfMemoryScore))
        #expect(kernel == KernelSupport.probe())
    }
}
