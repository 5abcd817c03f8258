import NIOCore
import WeirCache
import WeirHTTP
import WeirTraces

/// How often the store hits, over traces of several kinds.
struct HitRatios {
    private static let shares = [0.005, 0.01, 0.05, 0.1, 0.25]
    private static let smallKeys = 10_000
    private static let smallRequests = 1_000_000

    let scale: Scale

    func run() {
        zipf(keys: Self.smallKeys, requests: Self.smallRequests)
        zipf(keys: scale.entries, requests: scale.requests)
        mixtures()
        sizes()
    }

    private func zipf(keys: Int, requests: Int) {
        let table = Table(
            "Zipf's law with exponent 1 over \(grouped(keys)) keys, \(grouped(requests)) requests after "
                + "\(grouped(requests * 3 / 2)) to warm up: hits in per cent",
            ["room for", "Weir", "best fixed choice", "Weir to that", "LRU"]
        )
        let zipf = Zipf(count: keys)
        for share in Self.shares {
            let room = Int(Double(keys) * share)
            var trace = ZipfTrace(zipf)
            let weir = StoreUnderTest(room: room)
            let hits = ratio(over: requests, warmUp: requests * 3 / 2) { weir.request(trace.next()) }
            trace = ZipfTrace(zipf)
            var lru = LRU(room: room, keys: keys)
            let lruHits = ratio(over: requests, warmUp: requests * 3 / 2) { lru.request(trace.next()) }
            let best = zipf.share(ofFirst: room)
            table.row([
                "\(decimal(share * 100, digits: 1)) %", percent(hits), percent(best), decimal(hits / best, digits: 3),
                percent(lruHits),
            ])
        }
    }

    private func mixtures() {
        let (keys, requests) = (Self.smallKeys, Self.smallRequests)
        let table = Table(
            "The same over \(grouped(keys)) keys, with what is asked for once between (those requests are not counted), "
                + "with others becoming popular, and in a loop: Weir / LRU",
            [
                "room for", "every fifth once", "every second once", "others every 20,000", "others every 100,000",
                "loop over 105 % of the room",
            ]
        )
        let zipf = Zipf(count: keys)
        for share in Self.shares {
            let room = Int(Double(keys) * share)
            let cells = [
                both(room: room, keys: keys + requests / 5 + 1, requests) { ScanTrace(zipf, every: 5) },
                both(room: room, keys: keys + requests / 2 + 1, requests) { ScanTrace(zipf, every: 2) },
                both(room: room, keys: keys, requests) { ShiftTrace(zipf, keys: keys, every: 20_000) },
                both(room: room, keys: keys, requests) { ShiftTrace(zipf, keys: keys, every: 100_000) },
                both(room: room, keys: room + room / 20 + 1, requests) { LoopTrace(keys: room + room / 20) },
            ]
            table.row(["\(decimal(share * 100, digits: 1)) %"] + cells)
        }
    }

    /// Weir and LRU over one and the same trace.
    private func both(room: Int, keys: Int, _ requests: Int, _ make: () -> some Trace) -> String {
        var trace = make()
        let weir = StoreUnderTest(room: room)
        let hits = counted(requests, &trace) { weir.request($0) }
        trace = make()
        var lru = LRU(room: room, keys: keys)
        return percent(hits) + " / " + percent(counted(requests, &trace) { lru.request($0) })
    }

    private func counted(_ requests: Int, _ trace: inout some Trace, _ request: (Int) -> Bool) -> Double {
        var (hits, count) = (0, 0)
        for number in 0..<requests {
            let key = trace.next()
            let isHit = request(key)
            guard number >= requests / 4, trace.isCounted else { continue }
            count += 1
            hits += isHit ? 1 : 0
        }
        return Double(hits) / Double(count)
    }

    private func ratio(over requests: Int, warmUp: Int, _ request: () -> Bool) -> Double {
        for _ in 0..<warmUp { _ = request() }
        var hits = 0
        for _ in 0..<requests where request() { hits += 1 }
        return Double(hits) / Double(requests)
    }

    private func sizes() {
        let (keys, requests) = (Self.smallKeys, Self.smallRequests)
        let table = Table(
            "Bodies from 100 bytes to 100 KiB, each power of two as frequent as any other, whatever their popularity",
            ["room for", "hits, %", "bytes from the store, %"]
        )
        let zipf = Zipf(count: keys)
        let samples = (0...10).map { Sample(bodyBytes: 100 << $0) }
        let sizes = samples.map(\.size)
        // By the key's digest, which knows nothing of its rank.
        func kind(_ key: Int) -> Int { Int(Sample.key(key).word3 % UInt64(samples.count)) }
        let all = (0..<keys).reduce(0) { $0 + sizes[kind($1)] }
        for share in Self.shares {
            let settings = CacheSettings(memory: Int(Double(all) * share), maxObject: 128 << 10)
            let store = MemoryStore(settings: settings)
            var trace = ZipfTrace(zipf)
            var (hits, count, bytes, hitBytes) = (0, 0, 0, 0)
            for number in 0..<requests {
                let key = trace.next()
                let isHit = store.serve(Sample.key(key)) { samples[kind(key)].response($0) }
                guard number >= requests / 4 else { continue }
                count += 1
                bytes += 100 << kind(key)
                hits += isHit ? 1 : 0
                hitBytes += isHit ? 100 << kind(key) : 0
            }
            table.row([
                "\(decimal(share * 100, digits: 1)) %", percent(Double(hits) / Double(count)),
                percent(Double(hitBytes) / Double(bytes)),
            ])
        }
    }
}
