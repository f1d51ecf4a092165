import SystemPackage

/// The wheels that came with the code: those that the installer passes over, and those that are not there.
enum WheelCheck {
    #if arch(x86_64)
    private static let machine = "x86_64"
    #elseif arch(arm64)
    private static let machine = "aarch64"
    #else
    private static let machine = "none"
    #endif

    static func findings(_ code: FilePath) -> [Finding] {
        VendoredWheels.directories(in: code).flatMap { name -> [Finding] in
            let directory = code.appending(FilePath(name).components).lexicallyNormalized()
            return VendoredWheels.wheels(directory).sorted().compactMap { finding(directory.appending($0), $0) }
        }
    }

    /// What is wrong with one.
    ///
    /// https://packaging.python.org/en/latest/specifications/binary-distribution-format/
    private static func finding(_ file: FilePath, _ name: String) -> Finding? {
        let parts = name.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
        guard 5...6 ~= parts.count, let platforms = parts.last?.split(separator: ".") else {
            let advice = "give it the name that it was built with, NAME-VERSION-PYTHON-ABI-PLATFORM.whl"
            return Finding(.warning, file.string, "is passed over: its name is no wheel's", advice: advice)
        }
        let fits = platforms.contains { $0 == "any" || ($0.contains("linux") && $0.hasSuffix("_\(machine)")) }
        guard fits else {
            let problem = "is passed over: it is for \(platforms.joined(separator: ", ")), and this is linux_\(machine)"
            let words =
                "pip download --only-binary=:all: --platform manylinux2014_\(machine) -d DIRECTORY -r requirements.txt"
            return Finding(.warning, file.string, problem, advice: "bring the other one: \(words)")
        }
        // The first bytes of a zip archive, be it an empty one; a pointer of Git LFS is a text.
        guard let head = try? readFile(file, limit: 2), head != Array("PK".utf8) else { return nil }
        return Finding(.warning, file.string, "is no zip archive, as a wheel is", advice: "bring it again")
    }

    /// Requirements that only an index could have, by the words for why none is asked.
    static func missing(_ code: FilePath, _ because: String) -> [Finding] {
        let file = code.appending("requirements.txt")
        guard let bytes = try? readFile(file, limit: 1 << 20) else { return [] }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self).trimmed
        }
        guard !lines.contains(where: { $0.hasPrefix("--find-links") || $0.hasPrefix("-f") }) else { return [] }
        let there = VendoredWheels.directories(in: code).flatMap { name in
            DirectoryListing.names(code.appending(FilePath(name).components)).map(normalized)
        }
        return lines.enumerated().compactMap { index, line in
            guard let name = name(in: line) else { return nil }
            let start = "\(normalized(name))-"
            let isThere = there.contains {
                $0.hasPrefix(start) && $0.utf8.dropFirst(start.utf8.count).first?.isASCIIDigit ?? false
            }
            if isThere { return nil }
            return Finding(
                .warning,
                "\(file):\(index + 1)",
                "\(because), and no wheel of \(name) came with the code",
                advice: "put it beside: pip download -d wheels -r requirements.txt; or install it in the image"
            )
        }
    }

    /// The name of a line that asks an index for a package; one with a marker may not be for this machine.
    private static func name(in line: String) -> String? {
        guard let first = line.utf8.first, first != UInt8(ascii: "-"), !line.contains("@"), !line.contains(";"),
            !line.contains("/"), !line.hasSuffix(".whl")
        else { return nil }
        let name = line.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        return name.isEmpty ? nil : String(name)
    }

    /// A name as indexes compare it.
    ///
    /// https://packaging.python.org/en/latest/specifications/name-normalization/
    private static func normalized(_ name: String) -> String {
        var text = ""
        for letter in name.lowercased() {
            let isSeparator = "-_.".contains(letter)
            if !isSeparator { text.append(letter) } else if !text.hasSuffix("-") { text.append("-") }
        }
        return text
    }
}
