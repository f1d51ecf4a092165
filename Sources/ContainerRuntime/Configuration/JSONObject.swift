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
        let isSorted = zip(members, members.dropFirst()).allSatisfy { $0.key.precedesByCodePoint($1.key) }
        return isSorted ? members : members.sorted { $0.key.precedesByCodePoint($1.key) }
    }

    /// The value of a key, or nil; setting nil takes the key out.
    public subscript(key: String) -> JSONValue? {
        get { place(of: key).map { members[$0].value } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): members[place].value = value
            case (nil, let value?): append(key, value)
            case (let place?, nil):
                members.remove(at: place)
                places = [:]
                if members.count > Self.smallCount { indexAll() }
            case (nil, nil): break
            }
        }
    }

    private func place(of key: String) -> Int? {
        guard members.count > Self.smallCount else { return members.firstIndex { $0.key.hasSameBytes(as: key) } }
        return places[ExactText(text: key)]
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        members.append((key, value))
        if members.count == Self.smallCount + 1 {
            indexAll()
        } else if members.count > Self.smallCount {
            places[ExactText(text: key)] = members.count - 1
        }
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

/// A text that is equal to another only if all code points are.
struct ExactText: Hashable {
    let text: String

    static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
