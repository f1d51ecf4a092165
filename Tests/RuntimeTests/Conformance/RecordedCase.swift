import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A recorded answer of the Python toolkit: one file of Cases, whose fields Cases' own format names.
struct RecordedCase: Sendable, CustomTestStringConvertible {
    let name: String
    let object: JSONObject

    var testDescription: String { name }
    var verdict: String { object["verdict"]?.string ?? "" }
    var toolkit: JSONObject { object["toolkit"]?.object ?? JSONObject() }
    var expect: JSONObject { object["expect"]?.object ?? JSONObject() }
    /// What is right where the toolkit is wrong.
    var rule: String { object["rule"]?.string ?? object["what"]?.string ?? "" }
    var number: Int { name.split(separator: "-").first.flatMap { Int($0) } ?? 0 }

    /// The groups that this repository passes by now.
    static let groups: [ClosedRange<Int>] = [1...61, 70...82, 90...100, 245...245, 252...264]

    /// All cases of the groups that can be replayed: `reference` ones are facts for other tests.
    static let all: [RecordedCase] = {
        var name = #filePath
        if let slash = name.lastIndex(of: "/") { name = String(name[..<slash]) }
        let directory = FilePath(name).appending("Cases")
        return names(in: directory).filter { $0.hasSuffix(".json") }.sorted().compactMap { file in
            guard let bytes = Files.read(directory.appending(file)), let value = try? JSONReader.read(bytes),
                let object = value.object
            else { return nil }
            let found = RecordedCase(name: String(file.dropLast(5)), object: object)
            let isWanted = groups.contains { $0 ~= found.number }
            return isWanted && found.verdict != "reference" ? found : nil
        }
    }()

    private static func names(in directory: FilePath) -> [String] {
        guard let stream = opendir(directory.string) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            )
        }
        return names
    }
}

/// What stands for the marks of a recorded case: the tree and the interpreter of this run.
struct RecordedMarks: Sendable {
    let base: String
    let scratch: String
    let python: String

    var path: String {
        "\(FilePath(python).removingLastComponent().string):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    }

    func fill(_ text: String) -> String {
        let bin = FilePath(python).removingLastComponent().string
        let marks = [
            ("@BASE@", base), ("@PYTHON@", python), ("@PYTHON_BIN@", bin), ("@HOME@", scratch), ("@SCRATCH@", scratch),
            ("@PATH@", path),
        ]
        return marks.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    /// The variables that `train` is started with.
    func environment(of recorded: RecordedCase) -> [String: String] {
        var variables = ["PATH": path, "HOME": scratch, "SM_STUDIO_LOCAL_MODE": "true"]
        for (name, value) in recorded.object["environment"]?.object ?? JSONObject() {
            variables[name] = fill(value.string ?? "")
        }
        return variables
    }

    /// Makes the files of a case.
    func makeTree(_ recorded: RecordedCase, in tree: JobTree) throws {
        for (path, entry) in recorded.object["files"]?.object ?? JSONObject() {
            let entry = entry.object ?? JSONObject()
            let mode = (entry["mode"]?.string).flatMap { UInt32($0.replacing("0o", with: ""), radix: 8) } ?? 0o644
            if entry["directory"] == .bool(true) {
                try tree.makeDirectory(path)
            } else if let target = entry["link"]?.string {
                try tree.makeDirectory(FilePath(path).removingLastComponent().string)
                try #require(symlink(fill(target), tree.base.appending(path).string) == 0)
            } else if let text = entry["text"]?.string {
                try tree.write(path, fill(text), mode: mode)
            } else {
                try tree.write(path, Files.decodeBase64(entry["base64"]?.string ?? ""), mode: mode)
            }
        }
    }
}

/// Small things that the replay needs and the library does not.
enum Files {
    static func read(_ path: FilePath) -> [UInt8]? {
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
        defer { try? descriptor.close() }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            guard let count = try? buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }) else { return nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func decodeBase64(_ text: String) -> [UInt8] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        var (bits, count) = (0, 0)
        for letter in text.utf8 {
            guard let value = letters.firstIndex(of: letter) else { continue }
            bits = (bits << 6 | value) & 0xffff
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> count & 0xff))
            }
        }
        return bytes
    }
}
