import Synchronization
import SystemPackage

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
    static func removeAllAndEnd(by signal: Signal) {
        names.withLock { names in
            guard !endsByItself.load(ordering: .relaxed) else { return }
            for name in names { try? FileSystem.removeTree(name) }
            signal.endProcess()
        }
    }
}

extension ModelArchive {
    /// Makes SIGINT, SIGTERM, SIGHUP and SIGQUIT end this process only after its temporary names are removed.
    ///
    /// For a program that packs and does nothing else. Call it before any thread is started. A signal that the process came
    /// with ignored stays so.
    public static func removeTemporariesOnSignals() {
        let signals = SignalSet(SignalSet.requestsToEnd.filter { !$0.isIgnored })
        guard !signals.isEmpty, (try? signals.block()) != nil else { return }
        do {
            _ = try WorkerThread {
                if let signal = signals.wait() { Temporaries.removeAllAndEnd(by: signal) }
            }
        } catch {
            // Without a thread that waits for them, they have to end the process by themselves.
            signals.unblock()
        }
    }
}
