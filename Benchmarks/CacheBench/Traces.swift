import WeirTraces

/// Keys in the order in which they are asked for.
protocol Trace {
    mutating func next() -> Int
    /// Whether the latest counts.
    var isCounted: Bool { get }
}

struct ZipfTrace: Trace {
    private let zipf: Zipf
    private var generator = SplitMix64(state: 2026)
    let isCounted = true

    init(_ zipf: Zipf) { self.zipf = zipf }

    mutating func next() -> Int { zipf.next(using: &generator) }
}

/// Every so many requests one for a key that nobody asks for again.
struct ScanTrace: Trace {
    private var zipf: ZipfTrace
    private let every: Int
    private var position = 0
    private var scanned: Int
    private(set) var isCounted = true

    init(_ zipf: Zipf, every: Int) {
        self.zipf = ZipfTrace(zipf)
        self.every = every
        scanned = zipf.count - 1
    }

    mutating func next() -> Int {
        position += 1
        isCounted = position % every != 0
        if isCounted { return zipf.next() }
        scanned += 1
        return scanned
    }
}

/// Every so many requests all keys change their places in popularity.
struct ShiftTrace: Trace {
    private var zipf: ZipfTrace
    private var generator = SplitMix64(state: 7)
    private var keys: [Int]
    private let every: Int
    private var position = 0
    let isCounted = true

    init(_ zipf: Zipf, keys: Int, every: Int) {
        self.zipf = ZipfTrace(zipf)
        self.keys = Array(0..<keys)
        self.every = every
    }

    mutating func next() -> Int {
        position += 1
        if position % every == 0 { keys.shuffle(using: &generator) }
        return keys[zipf.next()]
    }
}

/// One key after the other, over and over.
struct LoopTrace: Trace {
    let keys: Int
    private var position = -1
    let isCounted = true

    init(keys: Int) { self.keys = keys }

    mutating func next() -> Int {
        position += 1
        return position % keys
    }
}
