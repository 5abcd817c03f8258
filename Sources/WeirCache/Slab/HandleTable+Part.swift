extension HandleTable {
    struct Slot {
        var hash: UInt32 = 0
        /// Negative where the slot is free.
        var handle: Int32 = -1
    }

    /// Part of a table: open addressing, linear probing.
    struct Part {
        /// At most three quarters of them are taken and, but for the fewest, at least half.
        private var slots: [Slot]
        /// Beside the array, since the array's own count lies far from what is looked for.
        private(set) var slotCount: Int
        private let seed: UInt64
        private(set) var count = 0
        private static var minSlots: Int { 8 }

        init(seed: UInt64) {
            self.seed = seed
            slots = Array(repeating: Slot(), count: Self.minSlots)
            slotCount = Self.minSlots
        }

        var taken: some Sequence<Slot> { slots.lazy.filter { $0.handle >= 0 } }

        /// Where those with a hash begin.
        /// - Parameter mixed: the hash with the seed.
        @inline(__always)
        func home(mixed: UInt32) -> Int {
            // The bits as a fraction of what they can be, of the slots that there are.
            (Int(mixed) & (1 << HandleTable.slotBits - 1)) &* slotCount >> HandleTable.slotBits
        }

        private func home(of hash: UInt32) -> Int { home(mixed: mixed(hash, seed: seed)) }

        /// The next place with the hash, from a position on; nil when there are no more.
        @inline(__always)
        func next(_ hash: UInt32, from position: inout Int) -> Int32? {
            while slots[position].handle >= 0 {
                let slot = slots[position]
                position = after(position)
                if slot.hash == hash { return slot.handle }
            }
            return nil
        }

        mutating func insert(_ slot: Slot) {
            if (count + 1) * 4 > slotCount * 3 { rebuild(for: count + 1) }
            place(slot)
            count += 1
        }

        mutating func replace(_ old: Int32, with new: Int32, hash: UInt32) {
            slots[position(of: old, hash)].handle = new
        }

        /// What was pushed on by the slot that becomes free moves back, so that no mark has to stay.
        mutating func remove(_ handle: Int32, hash: UInt32) {
            var free = position(of: handle, hash)
            var position = after(free)
            while slots[position].handle >= 0 {
                let home = home(of: slots[position].hash)
                if distance(from: home, to: position) >= distance(from: free, to: position) {
                    slots[free] = slots[position]
                    free = position
                }
                position = after(position)
            }
            slots[free] = Slot()
            count -= 1
            if count * 2 < slotCount, slotCount > Self.minSlots { rebuild(for: count) }
        }

        /// With five eighths taken, so that there are some to come or go before it is rebuilt again.
        private mutating func rebuild(for count: Int) {
            let old = taken
            slotCount = max(Self.minSlots, count * 8 / 5)
            slots = Array(repeating: Slot(), count: slotCount)
            for slot in old { place(slot) }
        }

        private mutating func place(_ slot: Slot) {
            var position = home(of: slot.hash)
            while slots[position].handle >= 0 { position = after(position) }
            slots[position] = slot
        }

        private func position(of handle: Int32, _ hash: UInt32) -> Int {
            var position = home(of: hash)
            while slots[position].handle != handle || slots[position].hash != hash {
                precondition(slots[position].handle >= 0, "Cannot find what is not in the table")
                position = after(position)
            }
            return position
        }

        private func after(_ position: Int) -> Int { position + 1 < slotCount ? position + 1 : 0 }

        private func distance(from start: Int, to end: Int) -> Int {
            end >= start ? end - start : end - start + slotCount
        }
    }
}
