import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An open file, and what the system is asked of paths around it. Every call blocks.
struct SnapshotFile: ~Copyable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    // MARK: Opening

    /// Opens a snapshot to read it: a regular file of this user's (or root's) that begins as one.
    static func reading(_ path: String) throws(SnapshotFault) -> SnapshotFile {
        // Without O_NONBLOCK a pipe would be waited for.
        let descriptor = descriptor(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
        if descriptor < 0, errno == ENOENT { throw .missing }
        guard descriptor >= 0 else { throw .system("cannot be opened", code: errno) }
        let file = SnapshotFile(descriptor)
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system("cannot be opened", code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_uid == geteuid() || status.st_uid == 0 else { throw .notOwned }
        let magic = SnapshotHeader.magic
        var beginning = ByteBuffer()
        while beginning.readableBytes < magic.readableBytes {
            guard try file.take(into: &beginning, atMost: magic.readableBytes - beginning.readableBytes) else { break }
        }
        guard beginning == magic.getSlice(at: 0, length: beginning.readableBytes) else { throw .foreign }
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .system("cannot be read", code: errno) }
        return file
    }

    /// Makes a file that was not there, for this user alone.
    static func creating(_ path: String) throws(SnapshotFault) -> SnapshotFile {
        let descriptor = descriptor(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("cannot be made", code: errno) }
        return SnapshotFile(descriptor)
    }

    private static func descriptor(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
        while true {
            // A path is a C string for the length of the call, here and below.
            let descriptor = unsafe open(path, flags, mode)
            if descriptor >= 0 || errno != EINTR { return descriptor }
        }
    }

    // MARK: Content

    /// - Returns: whether there was any more.
    func take(into buffer: inout ByteBuffer, atMost count: Int) throws(SnapshotFault) -> Bool {
        var result = 0
        repeat {
            unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                // As many bytes as there is room for, at most.
                result = unsafe read(descriptor, bytes.baseAddress, min(count, bytes.count))
                return max(0, result)
            }
        } while result < 0 && errno == EINTR
        guard result >= 0 else { throw .system("cannot be read", code: errno) }
        return result > 0
    }

    /// Writes all of it.
    func put(_ buffer: ByteBuffer) throws(SnapshotFault) {
        var rest = buffer
        while rest.readableBytes > 0 {
            let result = unsafe rest.withUnsafeReadableBytes { bytes in
                // Reads no more than these bytes.
                unsafe write(descriptor, bytes.baseAddress, bytes.count)
            }
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw .system("cannot be written", code: errno) }
            rest.moveReaderIndex(forwardBy: result)
        }
    }

    /// Goes on so many bytes further.
    func skip(_ count: Int) throws(SnapshotFault) {
        guard lseek(descriptor, off_t(count), SEEK_CUR) >= 0 else { throw .system("cannot be read", code: errno) }
    }

    func size() throws(SnapshotFault) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system("cannot be read", code: errno) }
        return Int(status.st_size)
    }

    /// Returns when what was written is on the disk.
    func sync() throws(SnapshotFault) {
        guard fsync(descriptor) == 0 else { throw .system("cannot be written", code: errno) }
    }

    // MARK: Paths

    /// Removes a file for good: it is not there after the power has failed either.
    static func remove(_ path: String) throws(SnapshotFault) {
        guard unsafe unlink(path) == 0 else {
            if errno == ENOENT { return }
            throw .system("cannot be removed", code: errno)
        }
        try syncFolder(of: path)
    }

    /// Puts a file in the place of another, for good.
    static func move(_ path: String, to target: String) throws(SnapshotFault) {
        guard unsafe rename(path, target) == 0 else { throw .system("cannot be put in place", code: errno) }
        try syncFolder(of: target)
    }

    /// - Throws: where no file can be made beside this one.
    static func checkFolder(of path: String) throws(SnapshotFault) {
        guard unsafe access(folder(of: path), W_OK | X_OK) == 0 else {
            throw .system("cannot be written in its folder", code: errno)
        }
    }

    private static func syncFolder(of path: String) throws(SnapshotFault) {
        let descriptor = descriptor(folder(of: path), O_RDONLY | O_CLOEXEC | O_DIRECTORY, 0)
        guard descriptor >= 0 else { throw .system("cannot be told to stay in its folder", code: errno) }
        defer { close(descriptor) }
        // Some file systems know no such thing for folders (EINVAL), and need none.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .system("cannot be told to stay in its folder", code: errno)
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
