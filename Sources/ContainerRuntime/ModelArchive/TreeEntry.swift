import Logging

/// One thing of the tree that goes into the archive; its path is the walk's.
struct TreeEntry {
    enum Kind {
        case file(FileIdentity)
        case directory
        case link(target: [UInt8])
    }

    var kind: Kind
    /// Whether the owner may execute it.
    var executable = false
    /// Whether its own name is a link that was followed.
    var throughLink = false
}

/// Warnings of one archive: the first ones are told, the others counted.
final class PackingWarnings {
    private static let shown = 20
    private(set) var count = 0
    /// Whether they are told at all; a first pass that only counts bytes is silent.
    let silent: Bool

    init(silent: Bool = false) {
        self.silent = silent
    }

    func add(_ text: @autoclosure () -> String) {
        count += 1
        guard !silent, count <= Self.shown else { return }
        let message = text()
        log.warning("\(message)")
    }

    /// Tells how many were not told.
    func finish() {
        guard !silent, count > Self.shown else { return }
        log.warning("and \(count - Self.shown) more such warnings")
    }
}
