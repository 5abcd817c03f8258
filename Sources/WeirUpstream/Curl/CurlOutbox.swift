import NIOCore

/// The transfers with something to tell since the last turn of ``CurlLoop``.
final class CurlOutbox {
    var transfers: [CurlTransfer] = []
    private var hasMoved = false

    /// Something of a transfer was sent or received.
    func noteActivity() { hasMoved = true }

    /// Whether there was any since the last time.
    func takeActivity() -> Bool {
        defer { hasMoved = false }
        return hasMoved || !transfers.isEmpty
    }

    /// Hands everything over: one task on each event loop that has calls among them.
    func deliver() {
        guard !transfers.isEmpty else { return }
        var batches: [(eventLoop: any EventLoop, entries: [(CurlCall, [CurlEvent])])] = []
        for transfer in transfers {
            let call = transfer.call
            let entry = (call, transfer.takeEvents())
            if let index = batches.firstIndex(where: { $0.eventLoop === call.eventLoop }) {
                batches[index].entries.append(entry)
            } else {
                batches.append((call.eventLoop, [entry]))
            }
        }
        transfers.removeAll(keepingCapacity: true)
        for (eventLoop, entries) in batches {
            eventLoop.execute {
                for (call, events) in entries { call.deliver(events) }
            }
        }
    }
}
