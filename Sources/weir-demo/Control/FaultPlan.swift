import Synchronization

/// The failures that tests have ordered, the newest last.
final class FaultPlan: Sendable {
    private let defaultPath: String
    private let faults = Mutex<[Fault]>([])

    /// - Parameter defaultPath: what a fault without a path covers.
    init(defaultPath: String) {
        self.defaultPath = defaultPath
    }

    func add(_ fault: Fault) {
        faults.withLock { $0.append(fault) }
    }

    func clear() {
        faults.withLock { $0.removeAll() }
    }

    /// The fault that a call to `path` gets, which is used up by one.
    func take(for path: String) -> Fault? {
        faults.withLock { faults in
            let index = faults.firstIndex { $0.count > 0 && $0.covers(path, defaultPath: defaultPath) }
            guard let index else { return nil }
            faults[index].count -= 1
            return faults[index]
        }
    }
}
