import CCurl
import NIOCore

/// The life of ``CurlEngine``'s thread: commands in, libcurl's turn, events out, sleep until something happens.
///
/// Everything here is confined to that thread. It owns every transfer and every easy handle; a handle is taken out of
/// the multi handle before anything that libcurl knows of it is let go.
final class CurlLoop {
    private final class Record {
        let upstream: CurlUpstream
        let seat: PoolSeat
        /// Calls that libcurl has.
        var running = 0
        /// Calls that wait for a place or, where they have ended meanwhile, have not been heard of since.
        var waiting = 0
        /// Resumed when the last call has ended.
        var closers: [CheckedContinuation<Void, Never>] = []

        init(_ upstream: CurlUpstream, _ member: CurlMember) {
            self.upstream = upstream
            seat = upstream.succession.pool.join(member)
        }

        var isIdle: Bool { running + waiting == 0 }
    }

    /// Easy handles kept for later calls.
    private static let spareBound = 64
    /// How long to sleep with nothing due; any command ends it.
    private static let longestSleep = TimeAmount.minutes(1)
    /// More idle turns in a row than a TLS handshake or a closing connection ever takes.
    private static let idleTurnBound = 32

    private let queue: CurlQueue
    private let share = CurlShare()
    private let outbox = CurlOutbox()
    /// All calls, running or waiting, by their ``CurlCall``.
    private var transfers: [ObjectIdentifier: CurlTransfer] = [:]
    /// Those that wait for a place, those among them that have ended meanwhile but have not been heard of since.
    private var waiting: [ObjectIdentifier: CurlTransfer] = [:]
    /// Those that libcurl has, by the address of their easy handle.
    private var running: [Int: CurlTransfer] = [:]
    /// Kept until no connection made for them is left, since libcurl calls back when it closes one.
    private var records: [ObjectIdentifier: Record] = [:]
    private var spares: [CurlHandle] = []
    /// Turns in a row in which nothing was sent, received or asked for.
    private var idleTurns = 0
    private var isStopping = false

    init(queue: CurlQueue) {
        self.queue = queue
        // One call a connection, over HTTP/2 too. libcurl 7.88 stops a whole connection while one of its
        // streams is paused, so that a client which reads slowly would hold up all others.
        unsafe _ = weir_curl_multi_set_long(queue.multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    }

    /// Returns after ``CurlCommand/stop``.
    func run() {
        while !isStopping {
            let commands = queue.take()
            for command in commands { perform(command) }
            takeTurn()
            let deadline = expire(now: .now())
            let hasMoved = outbox.takeActivity() || !commands.isEmpty
            outbox.deliver()
            idleTurns = hasMoved ? 0 : idleTurns + 1
            if !isStopping { sleep(until: deadline) }
        }
        stop()
    }

    // MARK: Commands

    private func perform(_ command: CurlCommand) {
        switch command {
        case .start(let call, let request, let upstream): admit(call, request, upstream)
        case .body(let call, let piece): transfers[ObjectIdentifier(call)]?.append(piece)
        case .bodyEnd(let call): transfers[ObjectIdentifier(call)]?.completeUpload()
        case .reading(let call, let wanted): transfers[ObjectIdentifier(call)]?.setReading(wanted)
        case .drained(let call): transfers[ObjectIdentifier(call)]?.resumeReceiving()
        case .cancel(let call):
            if let transfer = transfers[ObjectIdentifier(call)] { remove(transfer) }
        case .granted(let ticket): granted(ticket)
        case .refused(let ticket): refused(ticket)
        case .close(let upstream, let continuation): close(upstream, continuation)
        case .abandon(let upstream): failAll(.draining) { $0.upstream === upstream }
        case .stop: isStopping = true
        }
    }

    private func admit(_ call: CurlCall, _ request: UpstreamRequest, _ upstream: CurlUpstream) {
        let now = NIODeadline.now()
        let transfer = CurlTransfer(call: call, request: request, upstream: upstream, outbox: outbox, now: now)
        guard !isStopping, !upstream.isClosed else { return transfer.emit(.failed(.draining)) }
        let record = record(of: upstream)
        let patience = now + upstream.settings.pool.pendingWait
        switch record.seat.enter(request.priority, now: now, until: patience) {
        case .connect, .useIdle:
            transfers[ObjectIdentifier(call)] = transfer
            launch(transfer, record)
        case .wait(let ticket):
            transfers[ObjectIdentifier(call)] = transfer
            transfer.ticket = ticket
            waiting[ObjectIdentifier(ticket)] = transfer
            record.waiting += 1
        case .refuse:
            transfer.emit(.failed(.busy))
        }
    }

    // MARK: Places

    private func granted(_ ticket: QueueTicket) {
        guard let (transfer, record) = heard(of: ticket) else { return }
        if transfer.ticket == nil {
            giveBackPlace(of: record)
        } else {
            launch(transfer, record)
        }
        note(record)
    }

    private func refused(_ ticket: QueueTicket) {
        guard let (transfer, record) = heard(of: ticket) else { return }
        if transfer.ticket != nil {
            transfers[ObjectIdentifier(transfer.call)] = nil
            transfer.emit(.failed(.busy))
        }
        note(record)
    }

    /// - Returns: the call whose ticket it is, nil where that was forgotten because the engine stops.
    private func heard(of ticket: QueueTicket) -> (CurlTransfer, Record)? {
        guard let transfer = waiting.removeValue(forKey: ObjectIdentifier(ticket)) else { return nil }
        let record = record(of: transfer.upstream)
        record.waiting -= 1
        return (transfer, record)
    }

    private func giveBackPlace(of record: Record) {
        switch record.seat.depart(parks: false) {
        case .handOver(to: let ticket):
            if let (transfer, record) = heard(of: ticket) { launch(transfer, record) }
        case .grant(to: let ticket): ticket.grant()
        case .close, .park: break
        }
    }

    private func close(_ upstream: CurlUpstream, _ continuation: CheckedContinuation<Void, Never>) {
        let record = record(of: upstream)
        record.closers.append(continuation)
        note(record)
        for (id, record) in records where record.upstream.isClosed && record.isIdle && !record.upstream.hasSockets {
            record.seat.leave()
            records[id] = nil
        }
        setConnectionBound()
    }

    private func record(of upstream: CurlUpstream) -> Record {
        if let known = records[ObjectIdentifier(upstream)] { return known }
        let record = Record(upstream, CurlMember(queue))
        records[ObjectIdentifier(upstream)] = record
        return record
    }

    /// What all upstreams together may have open. Their pools keep the calls within each one's own bound; this keeps
    /// libcurl from opening a connection beside one that lies idle but cannot be used.
    private func setConnectionBound() {
        var pools: [ObjectIdentifier: AddressPool] = [:]
        for record in records.values where !record.upstream.isClosed || !record.isIdle {
            pools[ObjectIdentifier(record.seat.pool)] = record.seat.pool
        }
        let bound = pools.values.reduce(0) { $0 + $1.limit }
        unsafe _ = weir_curl_multi_set_long(queue.multi, CURLMOPT_MAXCONNECTS, max(1, bound))
        unsafe _ = weir_curl_multi_set_long(queue.multi, CURLMOPT_MAX_HOST_CONNECTIONS, max(1, bound))
    }

    // MARK: Transfers

    /// Gives an admitted transfer to libcurl.
    private func launch(_ transfer: CurlTransfer, _ record: Record) {
        transfer.ticket = nil
        // A reload may have raised a pool's limit since the last one.
        setConnectionBound()
        if let failure = start(transfer) {
            transfers[ObjectIdentifier(transfer.call)] = nil
            transfer.emit(.failed(failure))
            giveBackPlace(of: record)
        } else {
            record.running += 1
            record.upstream.noteCall(begun: true)
        }
    }

    private func start(_ transfer: CurlTransfer) -> UpstreamError? {
        let handle = spares.popLast() ?? CurlHandle()
        guard handle.prepare(transfer.request, for: transfer.upstream, transfer: transfer, share: share) else {
            keep(handle)
            return .malformed("request cannot be sent")
        }
        guard unsafe curl_multi_add_handle(queue.multi, handle.easy) == CURLM_OK else {
            keep(handle)
            return .connect("libcurl took no more transfers")
        }
        transfer.handle = handle
        running[handle.address] = transfer
        return nil
    }

    /// Ends a transfer without a word to its call.
    private func remove(_ transfer: CurlTransfer) {
        guard transfers.removeValue(forKey: ObjectIdentifier(transfer.call)) != nil else { return }
        let record = record(of: transfer.upstream)
        if let handle = transfer.handle {
            detach(transfer, handle)
            record.running -= 1
            record.upstream.noteCall(begun: false)
            giveBackPlace(of: record)
        } else if let ticket = transfer.ticket {
            transfer.ticket = nil
            // Where it does not wait any more there is word of it to come.
            if record.seat.withdraw(ticket) { _ = heard(of: ticket) }
        }
        note(record)
    }

    /// After this libcurl knows nothing of the transfer.
    private func detach(_ transfer: CurlTransfer, _ handle: CurlHandle) {
        unsafe _ = curl_multi_remove_handle(queue.multi, handle.easy)
        running[handle.address] = nil
        transfer.handle = nil
        keep(handle)
    }

    private func keep(_ handle: CurlHandle) {
        handle.reset()
        if CurlHandle.canBeReused, spares.count < Self.spareBound { spares.append(handle) }
    }

    private func note(_ record: Record) {
        guard record.isIdle else { return }
        for closer in record.closers { closer.resume() }
        record.closers = []
    }

    // MARK: libcurl's turn

    private func takeTurn() {
        var count: Int32 = 0
        if unsafe curl_multi_perform(queue.multi, &count) != CURLM_OK { failAll(.reset) }
        var ended: [(address: Int, code: CURLcode)] = []
        var left: Int32 = 0
        // A message is libcurl's and valid until the next call on the multi handle; what matters is copied out.
        while let message = unsafe curl_multi_info_read(queue.multi, &left) {
            if unsafe message.pointee.msg == CURLMSG_DONE {
                unsafe ended.append((Int(bitPattern: message.pointee.easy_handle), weir_curl_result(message)))
            }
        }
        for (address, code) in ended {
            guard let transfer = running[address] else { continue }
            let detail = transfer.handle?.failureReason ?? ""
            var result =
                code == CURLE_OK ? nil : CurlFailure.error(code, detail: detail, hasBegun: transfer.hasBegun)
            if result == .reset {
                result = transfer.loss(onUsedConnection: transfer.handle?.isOnUsedConnection == true)
            }
            remove(transfer)
            transfer.emit(transfer.outcome(result))
        }
    }

    /// Ends what has taken too long.
    /// - Returns: when to look again.
    private func expire(now: NIODeadline) -> NIODeadline {
        var next = now + Self.longestSleep
        for record in records.values {
            guard record.waiting > 0, let deadline = record.seat.pool.expire(now: now) else { continue }
            next = min(next, deadline)
        }
        for transfer in transfers.values {
            if let error = transfer.timers.expired(now: now) {
                remove(transfer)
                transfer.emit(.failed(error))
            }
        }
        for transfer in transfers.values { next = min(next, transfer.timers.deadline) }
        return next
    }

    private func sleep(until deadline: NIODeadline) {
        let milliseconds = ((deadline - .now()).nanoseconds + 999_999) / 1_000_000
        guard milliseconds > 0 else { return }
        // libcurl 7.88 polls for writing while an HTTP/2 upload waits for its window to open, and would spin.
        if idleTurns > Self.idleTurnBound { weir_rest(1) }
        // Returns early for a socket, for one of libcurl's own timers and for a command.
        if unsafe curl_multi_poll(queue.multi, nil, 0, Int32(clamping: milliseconds), nil) != CURLM_OK {
            failAll(.reset)
        }
    }

    /// Those that wait go first, so that none of them takes the place of one that runs.
    private func failAll(_ error: UpstreamError, where isMeant: (CurlTransfer) -> Bool = { _ in true }) {
        let meant = transfers.values.filter(isMeant)
        for transfer in meant.filter({ $0.handle == nil }) + meant.filter({ $0.handle != nil }) {
            remove(transfer)
            transfer.emit(.failed(error))
        }
    }

    // MARK: The end

    private func stop() {
        for command in queue.close() { perform(command) }
        failAll(.draining)
        outbox.deliver()
        for record in records.values {
            for closer in record.closers { closer.resume() }
            record.seat.leave()
        }
        spares = []
        // Closes the connections, which calls back for the upstreams that are still in `records`.
        unsafe _ = curl_multi_cleanup(queue.multi)
    }
}
