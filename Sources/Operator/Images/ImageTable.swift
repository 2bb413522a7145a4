import Documents

/// Writes images in a format.
struct ImageTable {
    var format: OutputFormat
    /// Whether one image was asked for by name: it is then written itself, not in a List.
    var isSingle = false
    var now: Int64

    func text(_ images: [Document]) -> String {
        switch format {
        case .table where isSingle: images.map(page).joined()
        case .table, .wide: table(images).text
        case .json: combined(images).jsonText(pretty: true) + "\n"
        case .yaml: combined(images).yamlText()
        case .name: images.map { "image/\(Printable.cell(Self.name($0)))\n" }.joined()
        case .jsonPath(let path): path.text(combined(images))
        }
    }

    private func combined(_ images: [Document]) -> Document {
        if isSingle, images.count == 1 { return images[0] }
        return ["apiVersion": "v1", "kind": "List", "metadata": [:], "items": .array(images)]
    }

    private func table(_ images: [Document]) -> Table {
        var table = Table(headers: ["IMAGE", "DIGEST", "SIZE", "KEPT", "USED BY", "AGE"])
        for image in images {
            let pods = (image["usedBy"]?.array ?? []).compactMap(\.string)
            let digest = image["digest"]?.string ?? ""
            table.rows.append([
                Self.name(image),
                format == .wide ? digest : String(digest.dropFirst("sha256:".count).prefix(12)),
                ByteText.text(Self.byteCount(image)),
                image["isPinned"]?.bool == true ? "yes" : "no",
                pods.isEmpty ? "<none>" : pods.joined(separator: ","),
                age(image),
            ])
        }
        return table
    }

    /// Everything about one image, a fact a line.
    private func page(_ image: Document) -> String {
        let lists = ["usedBy", "modules", "entrypoint", "command", "environment", "blobs"]
        var text = ""
        func line(_ label: String, _ value: String) {
            let pad = String(repeating: " ", count: max(1, 14 - label.count))
            text += "\(label):\(pad)\(Printable.cell(value))\n"
        }
        line("Image", Self.name(image))
        line("Digest", image["digest"]?.string ?? "")
        line("Form", image["form"]?.string ?? "")
        line("Platform", image["platform"]?.string ?? "")
        line("Size", ByteText.text(Self.byteCount(image)))
        line("Age", age(image))
        line("Kept", image["isPinned"]?.bool == true ? "yes, until it is removed by name" : "no")
        for name in lists {
            let values = (image[name]?.array ?? []).compactMap(\.string)
            let label =
                name == "usedBy" ? "Used by" : name.prefix(1).uppercased() + name.dropFirst()
            if !values.isEmpty { line(label, values.joined(separator: " ")) }
        }
        return text
    }

    private func age(_ image: Document) -> String {
        let seconds = image["addedAtSeconds"]?.integer ?? 0
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return Age.text(since: overflow ? nil : nanoseconds, now: now)
    }

    private static func name(_ image: Document) -> String {
        image["metadata"]?["name"]?.string ?? ""
    }

    private static func byteCount(_ image: Document) -> Int64 {
        (image["blobBytes"]?.integer ?? 0) &+ (image["rootBytes"]?.integer ?? 0)
    }
}
