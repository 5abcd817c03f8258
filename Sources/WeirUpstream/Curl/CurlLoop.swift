import CCurl
import NIOCore

/// The life of ``CurlEngine``'s thread: commands in, libcurl's turn, events out, sleep until something happens.
///
/// Everything here is confined to that thread. It owns every transfer and every easy handle; a handle is taken out of
/// the multi handle before anything that libcurl knows of it is let go.
final class CurlLoop {
    private final class Record {
        let upstream: CurlUpstream
        var admission: CurlAdmission<CurlTransfer>
        /// Resumed when the last call has ended.
        var closers: [CheckedContinuation<Void, Never>] = []

        init(_ upstream: CurlUpstream) {
            self.upstream = upstream
            admission = CurlAdmission(limit: upstream.settings.pool.max, bound: upstream.settings.pool.pending)
        }
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
    /// Those of them that libcurl has, by the address of their easy handle.
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
        switch record.admission.arrive(transfer, request.priority, deadline: patience) {
        case .start:
            transfers[ObjectIdentifier(call)] = transfer
            launch(transfer, record)
        case .wait:
            transfers[ObjectIdentifier(call)] = transfer
        case .waitDisplacing(let other):
            transfers[ObjectIdentifier(call)] = transfer
            refuse(other)
        case .refuse:
            transfer.emit(.failed(.busy))
        }
        note(record)
    }

    /// Ends a call that has left the queue without its turn.
    private func refuse(_ transfer: CurlTransfer) {
        transfers[ObjectIdentifier(transfer.call)] = nil
        transfer.emit(.failed(.busy))
    }

    private func close(_ upstream: CurlUpstream, _ continuation: CheckedContinuation<Void, Never>) {
        let record = record(of: upstream)
        record.closers.append(continuation)
        note(record)
        records = records.filter { _, record in
            !record.upstream.isClosed || !record.admission.isIdle || record.upstream.hasSockets
        }
        setConnectionBound()
    }

    private func record(of upstream: CurlUpstream) -> Record {
        if let known = records[ObjectIdentifier(upstream)] { return known }
        let record = Record(upstream)
        records[ObjectIdentifier(upstream)] = record
        setConnectionBound()
        return record
    }

    /// What all upstreams together may have open. Admission keeps the calls within each upstream's own bound; this
    /// keeps libcurl from opening a connection beside one that lies idle but cannot be used.
    private func setConnectionBound() {
        let places = transfers.values.count { $0.isPlaced }
        let bound = records.values.reduce(-places) { $0 + ($1.upstream.isClosed ? 0 : $1.upstream.settings.pool.max) }
        unsafe _ = weir_curl_multi_set_long(queue.multi, CURLMOPT_MAXCONNECTS, max(1, bound))
        unsafe _ = weir_curl_multi_set_long(queue.multi, CURLMOPT_MAX_HOST_CONNECTIONS, max(1, bound))
    }

    // MARK: Transfers

    /// Gives an admitted transfer to libcurl.
    private func launch(_ transfer: CurlTransfer, _ record: Record) {
        var next: CurlTransfer? = transfer
        while let transfer = next {
            guard let failure = start(transfer) else { return }
            transfers[ObjectIdentifier(transfer.call)] = nil
            transfer.emit(.failed(failure))
            next = record.admission.leave()
        }
    }

    private func start(_ transfer: CurlTransfer) -> UpstreamError? {
        if transfer.isElsewhere {
            transfer.place()
            setConnectionBound()
            return nil
        }
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
        if transfer.isRunning {
            if let handle = transfer.handle {
                detach(transfer, handle)
            } else {
                transfer.upstream.noteSocket(opened: false)
            }
            if let next = record.admission.leave() { launch(next, record) }
            if transfer.isPlaced { setConnectionBound() }
        } else {
            record.admission.abandon(transfer)
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
        record.upstream.note(running: record.admission.running, waiting: record.admission.waiting)
        guard record.admission.isIdle else { return }
        for closer in record.closers { closer.resume() }
        record.closers = []
    }

    // MARK: libcurl's turn

    private func takeTurn() {
        var count: Int32 = 0
        if unsafe curl_multi_perform(queue.multi, &count) != CURLM_OK { failAll(.reset) { !$0.isElsewhere } }
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
            let expired = record.admission.expire(now: now)
            for transfer in expired { refuse(transfer) }
            if !expired.isEmpty { note(record) }
            if let deadline = record.admission.nextDeadline { next = min(next, deadline) }
        }
        for transfer in transfers.values where !transfer.isPlaced {
            if let error = transfer.timers.expired(now: now) {
                remove(transfer)
                transfer.emit(.failed(error))
            }
        }
        for transfer in transfers.values where !transfer.isPlaced { next = min(next, transfer.timers.deadline) }
        return next
    }

    private func sleep(until deadline: NIODeadline) {
        let milliseconds = ((deadline - .now()).nanoseconds + 999_999) / 1_000_000
        guard milliseconds > 0 else { return }
        // libcurl 7.88 polls for writing while an HTTP/2 upload waits for its window to open, and would spin.
        if idleTurns > Self.idleTurnBound { weir_rest(1) }
        // Returns early for a socket, for one of libcurl's own timers and for a command.
        if unsafe curl_multi_poll(queue.multi, nil, 0, Int32(clamping: milliseconds), nil) != CURLM_OK {
            failAll(.reset) { !$0.isElsewhere }
        }
    }

    /// Those that wait go first, so that none of them takes the place of one that runs.
    private func failAll(_ error: UpstreamError, where isMeant: (CurlTransfer) -> Bool) {
        let meant = transfers.values.filter(isMeant)
        for transfer in meant.filter({ !$0.isRunning }) + meant.filter(\.isRunning) {
            remove(transfer)
            transfer.emit(.failed(error))
        }
    }

    // MARK: The end

    private func stop() {
        for command in queue.close() { perform(command) }
        for transfer in transfers.values {
            transfer.emit(.failed(.draining))
            if let handle = transfer.handle { detach(transfer, handle) }
        }
        transfers = [:]
        outbox.deliver()
        for record in records.values {
            record.admission.clear()
            note(record)
        }
        spares = []
        // Closes the connections, which calls back for the upstreams that are still in `records`.
        unsafe _ = curl_multi_cleanup(queue.multi)
    }
}
