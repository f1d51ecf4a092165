/// The members of a JSON object, in the order of the file.
///
/// - A key that comes twice keeps its first place and takes its last value, as in a Python dictionary.
/// - Keys are told apart by their bytes.
public struct JSONObject: Sendable {
    /// One key and its value.
    public typealias Member = (key: String, value: JSONValue)

    private var members: [Member] = []
    private var places: [ExactText: Int] = [:]

    /// A dictionary costs more than looking through a handful of keys.
    private static let smallCount = 8

    /// Makes an object without members.
    public init() {}

    /// Makes an object of members; of equal keys the last one counts.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    /// Makes room for so many members.
    mutating func reserveCapacity(_ count: Int) {
        members.reserveCapacity(count)
        if count > Self.smallCount { places.reserveCapacity(count) }
    }

    /// The keys, in the order of the file.
    public var keys: [String] { members.map(\.key) }

    /// The members, sorted by the code points of their keys, as Python sorts them.
    public var sorted: [Member] {
        // Most files are written in order, and looking costs less than sorting.
        let isSorted = members.indices.dropFirst().allSatisfy {
            members[$0 - 1].key.precedesByCodePoint(members[$0].key)
        }
        if isSorted { return members }
        // Places are moved about for less than members, which are counted references.
        return members.indices.sorted { members[$0].key.precedesByCodePoint(members[$1].key) }.map { members[$0] }
    }

    /// An object with the same keys in the same order, and other values.
    func mapValues<Problem: Error>(
        _ transform: (_ key: String, _ value: JSONValue) throws(Problem) -> JSONValue
    ) throws(Problem) -> JSONObject {
        var object = self
        for place in members.indices {
            object.members[place].value = try transform(members[place].key, members[place].value)
        }
        return object
    }

    /// The value of a key, or nil; setting nil takes the key out.
    public subscript(key: String) -> JSONValue? {
        get { place(of: key).map { members[$0].value } }
        set {
            guard let newValue else { return remove(key) }
            let place = placeOrEnd(of: key)
            if place < members.count { members[place].value = newValue } else { members.append((key, newValue)) }
        }
    }

    private func place(of key: String) -> Int? {
        guard members.count > Self.smallCount else { return members.firstIndex { $0.key.hasSameBytes(as: key) } }
        return places[ExactText(text: key)]
    }

    /// The place of a key; the end, which is then the place in the index, where it is not there yet.
    private mutating func placeOrEnd(of key: String) -> Int {
        if members.count < Self.smallCount { return place(of: key) ?? members.count }
        if places.isEmpty { indexAll() }
        // Looked up and put in at once: a second hash of each key is a tenth of a large job's time.
        return places.place(of: ExactText(text: key), orNew: members.count)
    }

    private mutating func remove(_ key: String) {
        guard let place = place(of: key) else { return }
        members.remove(at: place)
        places = [:]
        if members.count > Self.smallCount { indexAll() }
    }

    private mutating func indexAll() {
        for (place, member) in members.enumerated() { places[ExactText(text: member.key)] = place }
    }
}

extension JSONObject: RandomAccessCollection {
    /// The place of the first member.
    public var startIndex: Int { members.startIndex }
    /// The place behind the last member.
    public var endIndex: Int { members.endIndex }
    /// The member at a place, in the order of the file.
    public subscript(place: Int) -> Member { members[place] }
}

extension [ExactText: Int] {
    /// The place of a key; of one that is not there, the new place, which it has from now on.
    mutating func place(of key: ExactText, orNew new: Int) -> Int {
        func read(_ place: inout Int) -> Int { place }
        return read(&self[key, default: new])
    }
}

/// A text that is equal to another only if all code points are.
struct ExactText: Hashable {
    let text: String

    static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        text.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
