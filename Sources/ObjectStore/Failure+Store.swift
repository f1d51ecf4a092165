public import ContainerRuntime

/// What can be wrong with a store, a web server and the way there.
extension Failure.Code {
    /// An object or a file of the web is not there.
    public static func objectNotFound(code: String) -> Self {
        Self("objectNotFound", .client) { "\($0): not found\(code.isEmpty ? "" : " (\(code))")" }
    }

    /// The list of a prefix's objects cannot be used.
    public static func listingUnusable(reason: String) -> Self {
        Self("listingUnusable", .client) { "\($0): the list of its objects cannot be used: \(reason)" }
    }

    /// An object became another one while it was downloaded.
    public static let objectChanged = Self("objectChanged", .client) {
        "\($0): changed while it was downloaded; start again"
    }

    /// A store or a web server refuses.
    public static func storeRefused(status: Int, code: String, message: String) -> Self {
        Self("storeRefused", .client) {
            "\($0): refused with \(status)\(code.isEmpty ? "" : " \(code)")\(message.isEmpty ? "" : ": \(message)")"
        }
    }

    /// A server cannot be reached, or not for long enough.
    public static func storeUnreachable(reason: String) -> Self {
        Self("storeUnreachable", .client) { "\($0): cannot be reached: \(reason)" }
    }

    /// There are no credentials, and without them the object cannot be had.
    public static func credentialsMissing(places: String) -> Self {
        Self("credentialsMissing", .client) { "\($0): refused, and there are no credentials; looked in \(places)" }
    }

    /// Credentials are named and cannot be used.
    public static func credentialsUnusable(reason: String) -> Self {
        Self("credentialsUnusable", .client) { "\($0): no credentials come from it: \(reason)" }
    }

    /// There are neither credentials nor a network.
    public static let networkMissing = Self("networkMissing", .client) { subject in
        "there is no network and there are no credentials, as in network isolation; looked in \(subject); "
            + "send the code through the channel \"code\""
    }

    /// The file of certificate authorities cannot be used.
    public static let certificateAuthoritiesUnreadable = Self("certificateAuthoritiesUnreadable", .client) {
        "\($0): no certificate authority can be read from it"
    }

    /// What came is not what the store keeps.
    public static func checksumWrong(name: String) -> Self {
        Self("checksumWrong", .client) { "\($0): the \(name) checksum is wrong; what came is not what is stored" }
    }

    /// Files of the intermediate output did not arrive.
    public static func syncIncomplete(missing: String, reason: String) -> Self {
        Self("syncIncomplete", .client) { "\($0): did not arrive: \(missing) (\(reason))" }
    }
}
