// Swift's own Regex over the lines of a log: engine FILE REGEX…      prints MB a second and how many lines matched
import Glibc

let size = 8 << 20
var bytes = [UInt8](repeating: 0, count: size)
let descriptor = open(CommandLine.arguments[1], O_RDONLY)
let count = max(0, read(descriptor, &bytes, size))
let regexes = try CommandLine.arguments.dropFirst(2).map { try Regex($0) }
var found = 0
let time = ContinuousClock().measure {
    for line in bytes[..<count].split(separator: 10) {
        let text = String(decoding: line, as: UTF8.self)
        for regex in regexes where text.firstMatch(of: regex) != nil { found += 1 }
    }
}
print(Double(count) / (time / .seconds(1)) / 1e6, found)
