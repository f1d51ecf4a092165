import CLinux
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The temporary names that this process has made and not yet given away, so that a signal can end it without leaving them.
enum Temporaries {
    private static let names = Mutex<[FilePath]>([])
    private static let endsByItself = Atomic<Bool>(false)

    /// Makes something under a name and keeps the name, as one step.
    static func make(_ name: FilePath, _ body: () throws(Errno) -> Void) throws(Errno) {
        try names.withLock { names throws(Errno) in
            try body()
            names.append(name)
        }
    }

    /// Gives a name away, by a rename or a removal, as one step.
    static func release(_ name: FilePath, _ body: () throws(Errno) -> Void) throws(Errno) {
        try names.withLock { names throws(Errno) in
            try body()
            names.removeAll { $0 == name }
        }
    }

    /// From here on the process ends by a failure of its own, which a signal must not hide.
    static func keepFailure() { names.withLock { _ in endsByItself.store(true, ordering: .relaxed) } }

    /// Removes all of them and ends the process, so that no other thread makes one in between.
    static func removeAllAndEnd(bySignal signal: Int32) {
        names.withLock { names in
            guard !endsByItself.load(ordering: .relaxed) else { return }
            for name in names { remove(name) }
            linux_end_by_signal(signal)
        }
    }

    /// Removes a file or a directory with all that it holds, as far as that goes.
    static func remove(_ name: FilePath) {
        if name.withPlatformString({ unlink($0) }) == 0 { return }
        _ = name.withPlatformString { linux_remove_tree($0) }
    }
}

extension ModelArchive {
    /// Makes SIGINT, SIGTERM, SIGHUP and SIGQUIT end this process only after its temporary names are removed.
    ///
    /// For a program that packs and does nothing else. Call it before any thread is started. A signal that the process came
    /// with ignored stays so.
    public static func removeTemporariesOnSignals() {
        var set: UInt64 = 0
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] where linux_signal_ignored(signal) == 0 {
            set |= 1 << UInt64(signal - 1)
        }
        guard set != 0, linux_block_signals(set) == 0 else { return }
        let waited = set
        do {
            _ = try WorkerThread {
                let signal = linux_wait_for_signal(waited)
                if signal > 0 { Temporaries.removeAllAndEnd(bySignal: signal) }
            }
        } catch {
            // Without a thread that waits for them, they have to end the process by themselves.
            linux_unblock_signals(set)
        }
    }
}
