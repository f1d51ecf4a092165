import ContainerRuntime

/// The first of some variables that is set, and its name; one that is empty counts as one that is not set.
func firstVariable(
    _ names: [String],
    _ environment: (String) -> String?
) -> (name: String, value: String)? {
    for name in names {
        if let value = environment(name), !value.isEmpty { return (name, value) }
    }
    return nil
}

extension WebAddress {
    /// The server that the first of some variables names, or nil where none does.
    ///
    /// - Throws: `Failure` with code `sourceNotUnderstood` where it is no address.
    static func server(_ names: [String], _ environment: (String) -> String?) throws(Failure) -> WebAddress? {
        guard let (name, value) = firstVariable(names, environment) else { return nil }
        guard let address = WebAddress(value) else {
            // Its value may hold a password, and is no address to take it out of.
            throw Failure(.sourceNotUnderstood(expected: "http://HOST or https://HOST"), name)
        }
        return address
    }
}
