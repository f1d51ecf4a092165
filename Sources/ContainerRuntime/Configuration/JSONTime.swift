extension WallTime {
    /// Seconds since 1970 with three decimals.
    var json: JSONValue { JSONValue.thousandths(milliseconds) }
}

extension JSONValue {
    /// A number of thousandths, written with three decimals.
    static func thousandths(_ count: Int) -> JSONValue {
        let (whole, part) = abs(count).quotientAndRemainder(dividingBy: 1_000)
        let digits = String(part + 1_000).dropFirst()
        return .number(JSONNumber(text: "\(count < 0 ? "-" : "")\(whole).\(digits)", isInteger: false))
    }
}
