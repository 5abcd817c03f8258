/// Where a representation lies in the bytes of its stored response.
///
///     … │ head │ 304's head, ETag within │ body │ …        a large body is kept apart
struct PackedRepresentation: Sendable {
    let form: Representation.Form
    /// Which of the large bodies is its own, from one on; zero where it is none of them.
    let largeBody: UInt8
    let start: UInt32
    let headEnd: UInt32
    let notModifiedEnd: UInt32
    let bodyEnd: UInt32
    let etagStart: UInt32
    /// Zero where there is no tag.
    let etagLength: UInt32

    var head: Range<Int> { Int(start)..<Int(headEnd) }
    var notModifiedHead: Range<Int> { Int(headEnd)..<Int(notModifiedEnd) }
    var body: Range<Int> { Int(notModifiedEnd)..<Int(bodyEnd) }
    var etag: Range<Int>? { etagLength == 0 ? nil : Int(etagStart)..<Int(etagStart + etagLength) }
}
