package import SystemPackage

/// Reads a whole file, up to a limit in bytes; nothing past it is read.
///
/// A FIFO that somebody put in its place is read as far as it is filled, and never waited for.
package func readFile(_ path: FilePath, limit: Int = .max) throws(Errno) -> [UInt8] {
    try openWithoutWaiting(path).readToEnd(limit: limit)
}

/// Reads a regular file whole; EINVAL, as from read(2), for everything else.
package func readRegularFile(_ path: FilePath) throws(Errno) -> [UInt8] {
    let file = try openWithoutWaiting(path)
    let status = try file.status()
    guard status.isFile else { throw .invalidArgument }
    return try file.readToEnd(expecting: status.size)
}

/// A FIFO in place of a file would stop PID 1 for good: open(2), fifo(7).
private func openWithoutWaiting(_ path: FilePath) throws(Errno) -> OwnedDescriptor {
    try OwnedDescriptor.open(path, options: [.nonBlocking, .noControllingTerminal])
}
