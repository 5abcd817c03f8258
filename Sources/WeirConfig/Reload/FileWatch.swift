package import struct Foundation.Data

/// Tells from one look to the next whether a file's content is new and whole.
///
/// By its content, not by its inode or its times: so a file that is replaced by a rename, behind a symbolic link, or
/// in a mounted folder is seen like one that is written to, and one that is only touched is not. A file that is being
/// written is half there at some look; so a new content counts once two looks in a row have found the same. That there
/// is none counts alike: between a removal and what replaces it there is none for a moment.
///
/// A pure value: who looks, and when, is not its business.
package struct FileWatch {
    /// What was read last, whether it could be used or not; nil where there was nothing to be read.
    private var known: Data?
    /// New at the last look.
    private var candidate: Data??

    /// - Parameter content: what has been read already; nil where the file could not be read.
    package init(known content: Data?) { known = content }

    /// The file has been read for another reason.
    package mutating func hasRead(_ content: Data?) {
        known = content
        candidate = nil
    }

    /// - Parameter content: nil where the file cannot be read.
    /// - Returns: whether it is to be read, or its absence to be told; that counts as done.
    package mutating func look(_ content: Data?) -> Bool {
        guard content != known else {
            candidate = nil
            return false
        }
        guard candidate == .some(content) else {
            candidate = .some(content)
            return false
        }
        hasRead(content)
        return true
    }
}
