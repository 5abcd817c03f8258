package import NIOCore

/// How hard each coding tries.
package struct CompressionLevels: Sendable, Equatable {
    package var gzip: Int
    package var brotli: Int
    package var zstd: Int

    package init(
        gzip: Int = GzipEncoder.defaultLevel,
        brotli: Int = BrotliEncoder.defaultLevel,
        zstd: Int = ZstdEncoder.defaultLevel
    ) {
        self.gzip = gzip
        self.brotli = brotli
        self.zstd = zstd
    }

    /// For a body that comes piece by piece.
    /// - Parameter coding: not `identity`.
    package func encoder(_ coding: ContentCoding, expectedLength: Int?) -> any ContentEncoder {
        switch coding {
        case .identity: preconditionFailure("Cannot encode as it is")
        case .gzip: GzipEncoder(level: gzip, expectedLength: expectedLength)
        case .brotli: BrotliEncoder(level: brotli, expectedLength: expectedLength)
        case .zstd: ZstdEncoder(level: zstd, expectedLength: expectedLength)
        }
    }

    /// One whole body at once.
    /// - Parameter coding: not `identity`.
    package func compress(_ whole: ByteBuffer, _ coding: ContentCoding) -> ByteBuffer {
        switch coding {
        case .identity: preconditionFailure("Cannot encode as it is")
        case .gzip: GzipEncoder.compress(whole, level: gzip)
        case .brotli: BrotliEncoder.compress(whole, level: brotli)
        case .zstd: ZstdEncoder.compress(whole, level: zstd)
        }
    }
}
