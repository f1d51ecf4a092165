/// The name of a member below the directory that it is unpacked to: components, none of them `.` or `..`.
struct MemberName: Hashable {
    /// The components from the top; empty for the directory itself.
    let components: [[UInt8]]

    /// Deeper trees than this are no code, and removing one would need as many descriptors.
    static let depthLimit = 200
    /// PATH_MAX without its NUL.
    static let lengthLimit = 4_095

    /// Why a name is refused.
    enum Refusal: String, Error {
        case empty = "its name is empty"
        case absolute = "its name is absolute"
        case leaves = "its name leaves the directory"
        case containsNUL = "its name holds a NUL"
        case tooLong = "its name is longer than 4,095 bytes"
        case tooDeep = "it is more than 200 directories deep"
    }

    init(components: [[UInt8]]) {
        self.components = components
    }

    /// Takes a name apart; `./` and doubled slashes are dropped.
    init(_ name: [UInt8]) throws(Refusal) {
        guard let first = name.first else { throw .empty }
        guard first != UInt8(ascii: "/") else { throw .absolute }
        guard !name.contains(0) else { throw .containsNUL }
        guard name.count <= Self.lengthLimit else { throw .tooLong }
        let components = name.split(separator: UInt8(ascii: "/")).map { Array($0) }.filter { $0 != Self.here }
        guard !components.contains(Self.above) else { throw .leaves }
        guard components.count <= Self.depthLimit else { throw .tooDeep }
        self.components = components
    }

    static let here = Array(".".utf8)
    static let above = Array("..".utf8)

    var parent: MemberName { MemberName(components: Array(components.dropLast())) }

    /// The name as one path, for people.
    var displayName: String {
        components.isEmpty ? "." : components.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }
}

/// The symbolic links of an archive, made only after everything else, so that nothing is ever written through one.
struct PendingLinks {
    private(set) var targets: [MemberName: [UInt8]] = [:]

    /// Remembers a link; the last one of a name counts.
    mutating func add(_ name: MemberName, target: [UInt8]) {
        targets[name] = target
    }

    /// Forgets a link that a later member takes the name of.
    mutating func remove(_ name: MemberName) {
        guard !targets.isEmpty else { return }
        targets[name] = nil
    }

    /// The first link that a name goes through, its last component not counted.
    func linkAbove(_ name: MemberName) -> MemberName? {
        guard !targets.isEmpty else { return nil }
        for count in 0..<max(0, name.components.count - 1) {
            let above = MemberName(components: Array(name.components[...count]))
            if targets[above] != nil { return above }
        }
        return nil
    }

    /// Whether a link ends inside the tree, through whatever other links it goes.
    ///
    /// Reading its text is not enough: `up` → `../..` is harmless where it is, and `up/..` leaves by way of it.
    func staysInside(_ name: MemberName, target: [UInt8]) -> Bool {
        var place = name.components.dropLast()
        var rest = Self.reversedComponents(target)
        guard target.first != UInt8(ascii: "/") else { return false }
        var followed = 0
        while let component = rest.popLast() {
            if component == MemberName.here { continue }
            if component == MemberName.above {
                guard place.popLast() != nil else { return false }
                continue
            }
            place.append(component)
            guard let next = targets[MemberName(components: Array(place))] else { continue }
            followed += 1
            // A loop leads nowhere, so not out: path_resolution(7) gives up at 40.
            guard followed <= 40 else { return true }
            guard next.first != UInt8(ascii: "/") else { return false }
            place.removeLast()
            rest += Self.reversedComponents(next)
        }
        return true
    }

    private static func reversedComponents(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: UInt8(ascii: "/")).reversed().map { Array($0) }
    }
}
