import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// The reader of a channel, where something is wrong or late.
@Suite(.timeLimit(.minutes(60))) struct PipeChannelTests {
    /// Writes bytes to a FIFO that a shell makes, after a pause, and reads them as records.
    private func records(
        _ bytes: [UInt8],
        limit: Int = RecordIO.lengthLimit,
        after pause: Double = 0
    ) throws -> [[UInt8]] {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("bytes", bytes)
        let script =
            "cd \(tree.base) && sleep \(pause) && mkdir -p input/data && mkfifo input/data/training_0 "
            + "&& sleep \(pause) && cat bytes > input/data/training_0"
        let writer = try Command.shell(script, limit: 10).start()
        defer { _ = writer.wait() }
        let directory = tree.base.appending("input/data")
        let channel = PipeChannel("training", directory: directory, patience: .seconds(20), recordLimit: limit)
        var stream = try channel.open(0)
        var records: [[UInt8]] = []
        while let record = try stream.nextRecord() { records.append(record) }
        return records
    }

    private static func record(_ kind: UInt32, _ payload: [UInt8]) -> [UInt8] {
        RecordIO.bytes(RecordIO.magic) + RecordIO.bytes(kind << 29 | UInt32(payload.count)) + payload
            + RecordIO.padding(payload.count)
    }

    @Test func aFIFOAndAWriterThatAreLateAreWaitedFor() throws {
        #expect(try records(try RecordIO.frame([7]), after: 0.2) == [[7]])
    }

    @Test func partsArePutTogetherWithTheMagicBetweenThem() throws {
        let stream = Self.record(1, [1, 2, 3, 4]) + Self.record(2, []) + Self.record(3, [5]) + Self.record(0, [6])
        let magic = RecordIO.bytes(RecordIO.magic)
        #expect(magic == [0x0a, 0x23, 0xd7, 0xce])
        #expect(try records(stream) == [[1, 2, 3, 4] + magic + magic + [5], [6]])
    }

    @Test func anEpochWithoutBytesHasNoRecords() throws {
        #expect(try records([]) == [])
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let says: String
        var limit = RecordIO.lengthLimit
        var testDescription: String { name }
    }

    static let whole = record(0, [1, 2, 3])
    static let broken = [
        Broken(
            name: "wrong magic",
            bytes: whole + Array("a,b,c,d\n".utf8),
            says:
                "record 1 at byte 12: it begins with 0x2C622C61, expected 0xCED7230A; is the channel's RecordWrapperType"
        ),
        Broken(
            name: "end in the header",
            bytes: whole + whole.prefix(5),
            says: "record 1 at byte 12: the stream ends after 5 of 8 bytes of its header"
        ),
        Broken(
            name: "end in the payload",
            bytes: whole.dropLast(2),
            says: "record 0 at byte 0: the stream ends after 2 of 4 bytes"
        ),
        Broken(
            name: "end between parts",
            bytes: whole + record(1, [1]),
            says: "record 1 at byte 24: the stream ends after 0 of 8 bytes of its header"
        ),
        Broken(name: "a middle without a first", bytes: record(2, [1]), says: "part 2 does not follow"),
        Broken(name: "a whole one after a first", bytes: record(1, [1]) + whole, says: "part 0 does not follow"),
        Broken(
            name: "a length above the limit",
            bytes: whole + record(0, [1, 2, 3, 4]),
            says: "record 1 at byte 12: 4 bytes are more than the limit of 3",
            limit: 3
        ),
        Broken(
            name: "parts above the limit",
            bytes: record(1, [1, 2, 3]) + record(3, [4]),
            says: "record 0 at byte 12: 8 bytes are more than the limit of 7",
            limit: 7
        ),
    ]

    @Test(arguments: broken) func whatIsNoRecordIsToldWithItsPlace(_ broken: Broken) throws {
        let failure = #expect(throws: Failure.self) { try records(broken.bytes, limit: broken.limit) }
        #expect(failure?.description.contains(broken.says) == true, "\(failure?.description ?? "")")
        #expect(failure?.failureClass == .executeUserScript)
    }

    @Test func aSampleThatIsCutIsToldWithWhatIsMissing() throws {
        let fed = try FedChannel(records: true) { tree in
            for name in ["1", "2", "3"] { try tree.write("source/\(name)", name) }
        }
        defer { fed.remove() }
        var stream = try fed.channel.open(0)
        #expect(try stream.nextSample(["a", "b"]) == ["a": [0x31], "b": [0x32]])
        var failure: Failure?
        do throws(Failure) { _ = try stream.nextSample(["a", "b"]) } catch { failure = error }
        #expect(failure?.description.hasSuffix("training_0: the stream ends within a sample: b not there") == true)
        do throws(Failure) { _ = try stream.nextSample([]) } catch { failure = error }
        #expect(failure?.description.hasSuffix("are needed, in the order of AttributeNames") == true)
    }

    private func failure(_ prepare: (JobTree) throws -> Void) throws -> String {
        let tree = try JobTree()
        defer { tree.remove() }
        try prepare(tree)
        let channel = PipeChannel(
            "training",
            directory: tree.base.appending("input/data"),
            patience: .milliseconds(100)
        )
        let failure = #expect(throws: Failure.self) { _ = try channel.open(0).offset }
        return failure?.description ?? ""
    }

    @Test func aFIFOThatNeverComesIsToldWithWhatIsThereInstead() throws {
        #expect(try failure { try $0.makeDirectory("input/data") }.hasSuffix("input/data holds nothing"))
        #expect(try failure { try $0.write("input/data/other_0", "") }.hasSuffix("input/data holds other_0"))
        let fileMode = try failure { try $0.makeDirectory("input/data/training") }
        #expect(
            fileMode.hasSuffix(
                "training_0: no such FIFO within 0.1 s; there is a directory \"training\": is the channel in File mode?"
            )
        )
    }

    @Test func aFileInItsPlaceIsNoFIFO() throws {
        let words = try failure { try $0.write("input/data/training_0", "x") }
        #expect(words.hasSuffix("training_0 is no FIFO; is the channel's TrainingInputMode Pipe?"))
    }

    @Test func aFIFOThatNobodyWritesToIsGivenUp() throws {
        let words = try failure { tree in
            try tree.makeDirectory("input/data")
            try #require(mkfifo(tree.base.appending("input/data/training_0").string, 0o600) == 0)
        }
        #expect(words.hasSuffix("training_0: nothing was written within 0.1 s"))
    }

    @Test func aChannelOfAJobIsAskedForByItsName() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("input/config/inputdataconfig.json", #"{"training": {"TrainingInputMode": "Pipe"}}"#)
        let variables = EnvironmentVariables(entries: ["SAGEMAKER_BASE_DIR=\(tree.base)"].compactMap { RawString($0) })
        let environment = try TrainingEnvironment.current(variables)
        #expect(try PipeChannel("training", environment).path(3) == tree.base.appending("input/data/training_3"))
        let failure = #expect(throws: Failure.self) { _ = try PipeChannel("test", environment) }
        #expect(failure?.code == .channelUnknown(has: ["training"]))
    }

    @Test func aRecordThatIsTooLongIsNotMade() throws {
        #expect(try RecordIO.frame([]) == RecordIO.bytes(RecordIO.magic) + [0, 0, 0, 0])
        #expect(Failure(.recordTooLong(bytes: 1 << 29), "big").description.contains("at most 536870911 fit"))
    }
}
