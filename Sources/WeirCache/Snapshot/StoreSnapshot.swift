package import NIOCore
package import WeirHTTP

/// The file that carries a store from one process to the next, so that a restart is warm.
///
/// It is there only while no Weir runs: reading it begins with removing it. So what is purged while Weir runs cannot come
/// back out of it, however that process ends; one that crashes leaves none, and starts cold.
///
///     stop ──▶ path.part ──▶ path ──▶ start: removed, read, stored again behind what has come meanwhile
///
/// Everything here blocks, and belongs on a thread that may.
package struct StoreSnapshot: Sendable {
    /// Both clocks at one moment: monotonic for ages, wall for how long the file lay there.
    package struct Moment: Sendable {
        package var now: NIODeadline
        package var wall: UnixTime

        package init(now: NIODeadline, wall: UnixTime) {
            self.now = now
            self.wall = wall
        }
    }

    /// Bytes that an entry takes in the file beyond those that the store counts.
    private static let overhead = 1 << 12

    private let path: String
    private let coder: StoredResponseCoder

    /// - Parameter sealKey: where there is one, what is written is sealed with it, and only what is sealed is read.
    package init(path: String, sealKey: SealKey?) {
        self.path = path
        coder = StoredResponseCoder(seal: sealKey)
    }

    // MARK: Writing

    /// Writes what is stored and can still be of use, in one piece or not at all. Nothing may be purged any more.
    /// - Parameters:
    ///   - purges: what it keeps of those that sidecars have in common.
    ///   - isCancelled: asked before each entry.
    package func write(
        _ store: MemoryStore,
        at moment: Moment,
        purges: SnapshotPurges = SnapshotPurges(),
        isCancelled: () -> Bool
    ) -> SnapshotOutcome {
        let part = path + ".part"
        var outcome = SnapshotOutcome()
        do throws(SnapshotFault) {
            try removeFormer()
            try SnapshotFile.remove(part)
            var header = SnapshotHeader(writtenAt: moment.wall, position: purges.position)
            var untold = purges.bytes
            if untold.readableBytes > 0 { untold = coder.enclose(untold, boundTo: header.untoldBinding) }
            header.untoldSize = UInt32(untold.readableBytes)
            let file = try SnapshotFile.creating(part)
            var writer = SnapshotWriter(file, header: header, untold: untold)
            try write(store, into: &writer, at: moment, &outcome, isCancelled)
            try SnapshotFile.move(part, to: path)
        } catch {
            outcome.fault = error
            try? SnapshotFile.remove(part)
        }
        return outcome
    }

    private func write(
        _ store: MemoryStore,
        into writer: inout SnapshotWriter,
        at moment: Moment,
        _ outcome: inout SnapshotOutcome,
        _ isCancelled: () -> Bool
    ) throws(SnapshotFault) {
        var dropped = 0
        try store.forEachShard { (standings) throws(SnapshotFault) in
            for (response, standing) in standings {
                if isCancelled() { throw .cancelled }
                guard response.uselessAt > moment.now else {
                    dropped += 1
                    continue
                }
                let note = ByteBuffer(bytes: [standing.isMain ? 1 : 0, standing.uses])
                try writer.append(coder.encode(response, note: note, boundTo: writer.binding, now: moment.now))
            }
        }
        try writer.finish()
        outcome.entries = writer.entries
        outcome.dropped = dropped
        outcome.bytes = writer.bytes
    }

    /// One that lies there from an earlier life must not outlive this one, even where writing fails. A file that is no
    /// snapshot is not removed, and so nothing is written.
    private func removeFormer() throws(SnapshotFault) {
        do throws(SnapshotFault) {
            _ = try SnapshotFile.reading(path)
        } catch .missing {
            return
        }
        try SnapshotFile.remove(path)
    }

    // MARK: Reading

    /// What was given to ``write(_:at:purges:isCancelled:)``, without reading, or removing, more than that; nothing where
    /// there is no file.
    package var purges: SnapshotPurges {
        do throws(SnapshotFault) {
            let reader = try SnapshotReader.open(try SnapshotFile.reading(path), maxEntry: 0)
            do throws(SnapshotFault) {
                return SnapshotPurges(position: reader.header.position, untold: try untold(of: reader))
            } catch {
                return SnapshotPurges(loss: .untold(error))
            }
        } catch .missing {
            return SnapshotPurges()
        } catch {
            return SnapshotPurges(loss: .unknown(error))
        }
    }

    private func untold(of reader: borrowing SnapshotReader) throws(SnapshotFault) -> [String] {
        guard reader.header.untoldSize > 0 else { return [] }
        guard reader.untold.readableBytes == Int(reader.header.untoldSize) else { throw .header(.damaged) }
        do throws(CodingFault) {
            return try SnapshotPurges.untold(coder.disclose(reader.untold, boundTo: reader.header.untoldBinding))
        } catch {
            throw .header(error)
        }
    }

    /// Removes the file and stores again what is in it, as far as it is whole, of use, not purged since the mark, and
    /// fits; and nothing in the place of what is stored already.
    /// - Parameter isCancelled: asked before each entry.
    package func read(
        into store: MemoryStore,
        since mark: PurgeMark,
        at moment: Moment,
        isCancelled: () -> Bool
    ) -> SnapshotOutcome {
        var outcome = SnapshotOutcome()
        do throws(SnapshotFault) {
            try SnapshotFile.checkFolder(of: path)
            let file = try SnapshotFile.reading(path)
            try SnapshotFile.remove(path)
            let maxEntry = store.statistics.capacityBytes / 8 + Self.overhead
            var reader = try SnapshotReader.open(file, maxEntry: maxEntry)
            _ = try untold(of: reader)
            defer { outcome.bytes = reader.position }
            while let element = try reader.next() {
                if isCancelled() { throw .cancelled }
                let isRestored =
                    switch element {
                    case .entry(let bytes): try restore(bytes, of: reader, to: store, since: mark, at: moment)
                    case .skipped: false
                    }
                if isRestored { outcome.entries += 1 } else { outcome.dropped += 1 }
            }
        } catch {
            outcome.fault = error
        }
        return outcome
    }

    /// A clock that has gone back does not tell how long the file lay there: all of it is stale then.
    private func restore(
        _ bytes: ByteBuffer,
        of reader: borrowing SnapshotReader,
        to store: MemoryStore,
        since mark: PurgeMark,
        at moment: Moment
    ) throws(SnapshotFault) -> Bool {
        let (seconds, overflow) = moment.wall.seconds.subtractingReportingOverflow(reader.header.writtenAt.seconds)
        let isKnown = !overflow && seconds >= 0
        let elapsed = TimeAmount.seconds(isKnown ? min(seconds, Self.longest) : 0)
        switch coder.decode(bytes, boundTo: reader.binding, elapsed: elapsed, now: moment.now) {
        case .failure(let fault):
            throw .entry(fault, offset: reader.offset)
        case .success((let response, var note)):
            guard let (queue, uses) = note.readMultipleIntegers(as: (UInt8, UInt8).self) else {
                throw .entry(.damaged, offset: reader.offset)
            }
            return store.restore(
                isKnown ? response.receivedByAge() : response.stale(at: moment.now),
                standing: EntryStanding(isMain: queue == 1, uses: uses),
                since: mark,
                now: moment.now
            )
        }
    }

    /// Over a century in seconds; as nanoseconds it fits.
    private static let longest: Int64 = 1 << 32
}
