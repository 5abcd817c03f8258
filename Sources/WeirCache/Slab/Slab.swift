/// Slots for elements that are found by their place, in pages: neither growing nor shrinking ever touches more than one
/// page.
///
///     pages   0 ■■■■■■■■   1 ■■·■■■■■   2 ·■··■···        what comes takes the lowest free slot; what lies in the last
///                  ▲                      │               page can be moved there, until the page is empty and goes
///                  └──────────────────────┘
///
/// It moves nothing by itself: whoever owns it knows who holds places. With each element that leaves at most one has to
/// move, since a page is worth giving up when a quarter of what is left would still find room without it.
struct Slab<Element> {
    static var slotsPerPage: Int { 256 }

    /// What lies in a free slot.
    private let vacant: Element
    private var pages: [[Element]] = []
    private var map = SlotMap()

    /// - Parameter vacant: holds on to nothing.
    init(vacant: Element) { self.vacant = vacant }

    /// Elements.
    var count: Int { map.count }
    /// Places, used and free.
    var slots: Int { map.slots }

    func isTaken(_ place: Int) -> Bool { map.contains(place) }

    subscript(place: Int32) -> Element {
        @inline(__always) _read { yield pages[Self.page(of: place)][Self.offset(of: place)] }
        @inline(__always) _modify { yield &pages[Self.page(of: place)][Self.offset(of: place)] }
    }

    private static func page(of place: Int32) -> Int { Int(place) / slotsPerPage }
    private static func offset(of place: Int32) -> Int { Int(place) & (slotsPerPage - 1) }

    /// - Returns: the lowest place that was free.
    mutating func insert(_ element: Element) -> Int32 {
        let slot = map.lowestFree ?? slots
        if slot == slots {
            pages.append(Array(repeating: vacant, count: Self.slotsPerPage))
            map.extend(by: Self.slotsPerPage)
        }
        map.take(slot)
        let place = Int32(slot)
        self[place] = element
        return place
    }

    mutating func remove(_ place: Int32) {
        map.release(Int(place))
        self[place] = vacant
    }

    // MARK: Shrinking

    /// Whether the last page can go, and leave room for a quarter more than there is.
    var hasPageToSpare: Bool { !pages.isEmpty && slots - Self.slotsPerPage >= count + count / 4 }

    /// What is to be moved next so that the last page can go; nil where none is to spare. Pages that are empty go here.
    /// - Parameter steps: one is taken off for each page.
    mutating func nextToMove(steps: inout Int) -> Int32? {
        while steps > 0, hasPageToSpare {
            if let slot = map.highestTaken(from: slots - Self.slotsPerPage) { return Int32(slot) }
            pages.removeLast()
            map.shorten(by: Self.slotsPerPage)
            steps -= 1
        }
        return nil
    }

    /// Whether an element lies where it could not if they lay without a gap: then a lower slot is free.
    func isAstray(_ place: Int32) -> Bool { place >= count }

    /// Moves an element that is astray.
    /// - Returns: where it lies now.
    mutating func move(_ place: Int32) -> Int32 {
        precondition(isAstray(place), "Cannot move an element down where there may be no room")
        let target = insert(self[place])
        remove(place)
        return target
    }
}
