#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What tells one content of a file from another without reading it: which file the path leads to, symbolic links
/// followed, how large it is and when it was written.
struct FileVersion: Equatable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int
    let isRegular: Bool

    /// nil for what is not there or may not be looked at.
    init?(of path: String) {
        var status = stat()
        // The path is a C string for the length of the call, which fills the structure and keeps nothing.
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
        size = Int64(status.st_size)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        #if canImport(Glibc)
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        #else
            (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
        #endif
    }
}
