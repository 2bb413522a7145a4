extension Schedule {
    /// The same failure with fewer steps: whole runs of steps are left out, then shorter ones.
    ///
    /// - Parameter fails: Whether a schedule still fails.
    /// - Returns: A schedule of which no single step can be left out.
    public func shrunk(_ fails: (Schedule) -> Bool) -> Schedule {
        var best = self
        var length = max(1, best.steps.count / 2)
        while true {
            var isSmaller = false
            var start = 0
            while start < best.steps.count {
                var shorter = best
                shorter.steps.removeSubrange(start..<min(start + length, best.steps.count))
                if fails(shorter) {
                    best = shorter
                    isSmaller = true
                } else {
                    start += length
                }
            }
            if length == 1, !isSmaller { return best }
            length = max(1, length / 2)
        }
    }
}
