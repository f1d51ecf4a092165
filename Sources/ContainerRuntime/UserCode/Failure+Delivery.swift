/// What can be wrong with code on its way to its directory.
extension Failure.Code {
    /// A location of code is none that can be understood.
    public static func sourceNotUnderstood(expected: String) -> Self {
        Self("sourceNotUnderstood", .client) { "\($0): no location of code, \(expected) is expected" }
    }

    /// No object's key begins with a prefix.
    public static let prefixEmpty = Self("prefixEmpty", .client) { "\($0): no object's key begins with it" }

    /// An object of a prefix is not let in.
    public static func objectRefused(reason: String) -> Self {
        Self("objectRefused", .client) { "\($0): this object is refused: \(reason)" }
    }
}
