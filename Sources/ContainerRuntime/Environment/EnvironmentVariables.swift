/// The variables of a process, as the kernel has them: NAME=VALUE in bytes, in their order.
///
/// - What came in goes out unchanged, whether it is UTF-8 or not, with or without a `=`.
/// - Of two entries with one name the first counts, as for getenv(3); setting a name leaves one entry.
public struct EnvironmentVariables: Sendable, Equatable {
    /// All entries, as NAME=VALUE.
    public private(set) var entries: [RawString]

    /// Makes variables of entries.
    public init(entries: [RawString] = []) {
        self.entries = entries
    }

    /// The variables that this process was started with.
    public static func current() -> EnvironmentVariables {
        EnvironmentVariables(entries: RawString.environment())
    }

    /// The value of a variable, or nil.
    public subscript(name: RawString) -> RawString? {
        // Few are looked up and many are made, so there is no index.
        guard !name.bytes.isEmpty, let entry = entries.first(where: { Self.isNamed($0, name) }) else { return nil }
        return RawString(bytes: entry.bytes.dropFirst(name.bytes.count + 1))
    }

    /// The value of a variable as a text, or nil where there is none or it is not UTF-8.
    public func text(_ name: String) -> String? {
        guard let name = RawString(name), let value = self[name] else { return nil }
        return String(validating: value.bytes, as: UTF8.self)
    }

    /// Sets variables: entries of the same names are gone, the new ones come last, in their order.
    ///
    /// A name that is empty or holds `=` cannot be set and is passed over.
    public mutating func set(_ variables: [(name: RawString, value: RawString)]) {
        let usable = variables.filter { !$0.name.bytes.isEmpty && !$0.name.bytes.contains(UInt8(ascii: "=")) }
        if usable.count <= 8 {
            // A few names are compared where they stand: cutting out ten thousand names to look them up costs more.
            entries.removeAll { entry in usable.contains { Self.isNamed(entry, $0.name) } }
        } else {
            let present = Set(entries.compactMap(Self.name))
            let replaced = Set(usable.lazy.map(\.name).filter { present.contains($0) })
            entries.removeAll { entry in Self.name(of: entry).map { replaced.contains($0) } ?? false }
        }
        entries.reserveCapacity(entries.count + usable.count)
        for variable in usable { entries.append(RawString(variable.name, equals: variable.value)) }
    }

    /// The variables without those of some names.
    func removing(_ names: [String]) -> EnvironmentVariables {
        let names = names.compactMap { RawString($0) }
        return EnvironmentVariables(
            entries: entries.filter { entry in !names.contains { Self.isNamed(entry, $0) } }
        )
    }

    /// The variables with others over them, as `set` sets them.
    ///
    /// - Parameter entries: NAME=VALUE in the order of the names' bytes, each name once.
    /// - Returns: What came in and has another name, and the entries behind it.
    func replacing(withSorted entries: [RawString]) -> EnvironmentVariables {
        let kept = self.entries.filter { entry in
            guard let length = Self.nameLength(of: entry) else { return true }
            var (low, high) = (0, entries.count)
            while low < high {
                let middle = (low + high) / 2
                let order = entries[middle].comparePrefix(
                    Self.nameLength(of: entries[middle]) ?? entries[middle].bytes.count,
                    with: entry,
                    length
                )
                if order == 0 { return false }
                if order < 0 { low = middle + 1 } else { high = middle }
            }
            return true
        }
        return EnvironmentVariables(entries: kept + entries)
    }

    /// Sets one variable.
    public mutating func set(_ name: RawString, _ value: RawString) {
        set([(name, value)])
    }

    /// Whether an entry sets a variable of this name.
    private static func isNamed(_ entry: RawString, _ name: RawString) -> Bool {
        let length = name.bytes.count
        return entry.bytes.count > length && entry.bytes[length] == UInt8(ascii: "=")
            && entry.bytes.starts(with: name.bytes)
    }

    /// The name of an entry, or nil for one without `=`.
    static func name(of entry: RawString) -> RawString? {
        nameLength(of: entry).flatMap { RawString(bytes: entry.bytes[..<$0]) }
    }

    private static func nameLength(of entry: RawString) -> Int? {
        // A first byte that is "=" belongs to the name, as for getenv(3).
        entry.bytes.dropFirst().firstIndex(of: UInt8(ascii: "="))
    }
}
