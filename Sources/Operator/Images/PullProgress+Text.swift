import Images

extension PullProgress {
    /// As people read it: how much of how much, how fast, and how long it takes.
    var text: String {
        var text = "\(ByteText.text(byteCount)) of \(ByteText.text(totalByteCount))"
        if resumedFrom > 0 { text += ", resumed from \(ByteText.text(resumedFrom))" }
        if let bytesPerSecond { text += ", \(ByteText.text(bytesPerSecond))/s" }
        if let secondsLeft { text += ", \(Age.text(seconds: secondsLeft)) left" }
        return text
    }
}
