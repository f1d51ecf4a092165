import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// The one line of JSON that tells a program why it has to end.
@Suite struct StopNoticeTests {
    private func notice(_ cause: StopCause) throws -> String? {
        let tree = try JobTree()
        defer { tree.remove() }
        // Over already: no time is left, whatever the clock does.
        let stop = Stop(cause: cause, deadline: .now, signal: .terminate)
        StopNotice.write(stop, to: tree.base.appending("notice"))
        return tree.text("notice")
    }

    @Test func itSaysWhyAndHowLong() throws {
        #expect(try notice(.signal(.terminate)) == #"{"reason":"SIGTERM","seconds_left":0}"# + "\n")
        #expect(try notice(.companion("sshd")) == #"{"reason":"sshd","seconds_left":0}"# + "\n")
    }

    /// A program of the library gives its companions what names it likes.
    @Test(arguments: ["a \"quoted\" name", "back\\slash", "two\nlines", "tab\tand é"])
    func anyNameOfACompanionIsReadAsItIs(_ name: String) throws {
        let text = try #require(try notice(.companion(name)))
        let object = try JSONReader.read(Array(text.utf8)).object
        #expect(object?["reason"]?.string == name && text.split(separator: "\n").count == 1)
    }
}
