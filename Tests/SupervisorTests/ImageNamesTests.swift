import Images
import Testing

@testable import Supervisor

// Goal: a pod can name what the operator offers, and nothing else of this machine. Method: a table.
@Suite("Image names")
struct ImageNamesTests {
    static let names = ImageNames(layouts: "/var/layouts", roots: ["/srv/images"])

    @Test(
        "a text stands for one reference",
        arguments: [
            ("app", "docker.io/library/app:latest"), ("oci:app", "oci:/var/layouts/app"),
            ("oci:a/b:1", "oci:/var/layouts/a/b:1"), ("oci:/srv/images/x:2", "oci:/srv/images/x:2"),
            ("oci:/var/layouts/app:1", "oci:/var/layouts/app:1"),
            ("oci:/srv/images", "oci:/srv/images"),
        ]
    )
    func taken(text: String, reference: String) throws {
        #expect(try "\(Self.names.reference(text))" == reference)
    }

    @Test(
        "what lies elsewhere, or leads there, is refused and the key is named",
        arguments: [
            ("oci:/etc/x", "images.layoutRoots"), ("oci:/srv/imagesx/y", "images.layoutRoots"),
            ("oci:/srv", "images.layoutRoots"), ("oci:../x", ".."), ("oci:a/../../x", ".."),
            ("oci:/srv/images/../../etc", ".."), ("oci:", "path"), ("A b", "malformed"),
        ]
    )
    func refused(text: String, word: String) {
        do throws(ImageProblem) {
            let reference = try Self.names.reference(text)
            Issue.record("\(text) was taken as \(reference)")
        } catch {
            #expect(error.reason == "InvalidImageName")
            #expect(error.description.contains(word), "\(error)")
        }
    }

    @Test(
        "only a name that a registry could have is given to an import",
        arguments: ["oci:/a:1", "a b", ""]
    )
    func imported(text: String) {
        #expect(throws: ImageProblem.self) { try Self.names.registryReference(text) }
    }

    @Test("a pod asks for images in advance in one annotation, within a bound")
    func prePull() {
        let key = ImageNeeds.prePullAnnotation
        #expect(ImageNeeds.prePulls([key: "a:1, b:2\n oci:c"]) == ["a:1", "b:2", "oci:c"])
        #expect(ImageNeeds.prePulls([:]).isEmpty)
        let many = (0..<100).map { "a:\($0)" }.joined(separator: " ")
        #expect(ImageNeeds.prePulls([key: many]).count == 16)
    }
}
