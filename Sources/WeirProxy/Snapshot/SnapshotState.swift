import WeirCache

/// Where a proxy is with its snapshot.
enum SnapshotState {
    /// Nothing has been served: what lies on the disk is not this process's to touch.
    case unstarted
    /// None was configured at the start.
    case unused
    case unread(since: PurgeMark)
    case reading
    case read(RestoredSnapshot)

    var restored: RestoredSnapshot? {
        switch self {
        case .unstarted, .unused: nil
        case .unread, .reading: RestoredSnapshot(isUnderWay: true)
        case .read(let restored): restored
        }
    }

    /// Whether what is stored takes the place of what lies on the disk.
    var mayWrite: Bool {
        switch self {
        case .unused, .read: true
        case .unstarted, .unread, .reading: false
        }
    }
}
