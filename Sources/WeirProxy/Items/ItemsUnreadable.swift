/// An upstream has answered a request for items with something that is no list of them: it is asked once more, for the
/// whole, and what it says goes on as it is.
struct ItemsUnreadable: Error {}
