import NIOCore
import Testing

@testable import WeirProxy

@Suite struct FrameScannerTests {
    private static func pieces(
        _ scanner: inout FrameScanner,
        _ bytes: some Sequence<UInt8>
    ) -> [FrameScanner.Piece] {
        var buffer = ByteBuffer(bytes: bytes)
        var pieces: [FrameScanner.Piece] = []
        while let piece = scanner.next(&buffer) {
            if piece != .other { pieces.append(piece) }
        }
        #expect(buffer.readableBytes == 0)
        return pieces
    }

    /// What a client sends: 4 bytes for a preface, then SETTINGS, HEADERS with a CONTINUATION, and DATA.
    private static let settings = HTTP2WireFrame(kind: .settings, payload: [0, 3, 0, 0, 0, 9])
    private static let opening: [HTTP2WireFrame] = [
        settings,
        HTTP2WireFrame(kind: .settings, flags: HTTP2WireFrame.ack),
        HTTP2WireFrame(kind: .headers, stream: 1, payload: [1, 2, 3]),
        HTTP2WireFrame(kind: .continuation, flags: HTTP2WireFrame.endHeaders, stream: 1, payload: [4, 5]),
        HTTP2WireFrame(kind: .data, stream: 1, payload: Array("bytes".utf8)),
        HTTP2WireFrame(kind: .data, flags: HTTP2WireFrame.endStream, stream: 1),
    ]

    @Test("frames are found, whatever pieces their bytes come in", arguments: 1...64)
    func splits(size: Int) {
        let bytes = Array("PRI!".utf8) + Self.opening.flatMap(\.bytes)
        var scanner = FrameScanner(prefaceLength: 4)
        var found: [FrameScanner.Piece] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            found += Self.pieces(&scanner, bytes[start..<min(start + size, bytes.count)])
        }
        #expect(found.first == .settings(isAcknowledgement: false))
        #expect(found.dropFirst().first == .settings(isAcknowledgement: true))
        var count = 0
        var heads = 0
        for case .data(let stream, let bytes, let isFirst) in found {
            #expect(stream == 1)
            count += bytes
            heads += isFirst ? 1 : 0
        }
        #expect(count == 5)
        #expect(heads == 2)
        #expect(scanner.isBetweenFrames)
        #expect(!scanner.isAmid)
        // The preface, two SETTINGS, one header block, two DATA.
        #expect(scanner.begun == 6)
    }

    @Test("it is amid something from its first byte to the one before its last, but not amid DATA's payload")
    func amid() {
        var scanner = FrameScanner(prefaceLength: 4)
        #expect(!scanner.isAmid)
        for byte in "PRI".utf8 {
            _ = Self.pieces(&scanner, [byte])
            #expect(scanner.isAmid)
        }
        _ = Self.pieces(&scanner, "!".utf8)
        #expect(!scanner.isAmid)
        for frame in Self.opening {
            let isBlockToGoOn = frame.kind == .headers
            for (index, byte) in frame.bytes.enumerated() {
                _ = Self.pieces(&scanner, [byte])
                let isLast = index == frame.bytes.count - 1
                let isAmidPayload = frame.kind == .data && index >= 8
                #expect(scanner.isAmid == !(isAmidPayload || isLast && !isBlockToGoOn), "\(frame.kind) \(index)")
            }
        }
    }

    @Test("a header block is one thing begun, the next one another")
    func begun() {
        var scanner = FrameScanner()
        let headers = HTTP2WireFrame(kind: .headers, stream: 1, payload: [1])
        let end = HTTP2WireFrame(kind: .continuation, flags: HTTP2WireFrame.endHeaders, stream: 1)
        _ = Self.pieces(&scanner, headers.bytes)
        #expect(scanner.begun == 1)
        _ = Self.pieces(&scanner, HTTP2WireFrame(kind: .continuation, stream: 1, payload: [2]).bytes)
        #expect(scanner.begun == 1)
        #expect(scanner.isAmid)
        _ = Self.pieces(&scanner, end.bytes + headers.bytes.prefix(1))
        #expect(scanner.begun == 2)
        #expect(scanner.isAmid)
    }
}
