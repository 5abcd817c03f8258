/// What `/_demo/` steers, one set a listener.
struct Controls: Sendable {
    let calls = CallLog()
    let gates = Gates()
    let faults: FaultPlan

    /// - Parameter faultPath: what a fault without a path covers.
    init(faultPath: String) {
        faults = FaultPlan(defaultPath: faultPath)
    }

    func reset() {
        calls.reset()
        faults.clear()
        gates.releaseAll()
    }
}
