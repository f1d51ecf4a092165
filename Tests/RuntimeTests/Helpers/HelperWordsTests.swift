import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// What one process of ours asks of another arrives as it was meant, byte by byte.
@Suite struct HelperWordsTests {
    @Test func everyTaskIsReadAsItWasMade() throws {
        #expect(Set(HelperSamples.tasks.map(HelperSamples.kind)) == Set(HelperSamples.kinds))
        for task in HelperSamples.tasks {
            for note in [nil] + HelperSamples.paths {
                let request = HelperRequest(task, note: note, parent: note == nil ? 7 : nil)
                #expect(try HelperRequest(arguments: request.arguments) == request)
            }
        }
    }

    /// The kernel takes them as they are: no word holds a NUL, also where a text of JSON did.
    @Test func aNULEndsAText() throws {
        let words = HelperRequest(.sync("/d", to: "s3://b\0--x")).arguments
        #expect(words == ["internal", "sync", "directory=/d", "destination=s3://b"])
    }

    @Test func peopleCanReadIt() throws {
        let format = LineFormat(isJSON: true, place: LogPlace(host: "algo-1", rank: 0), passesSignals: false)
        let request = HelperRequest(.lines(["/bin/sh", "-c", "exit"], format))
        #expect(
            request.arguments.map(\.description).joined(separator: " ")
                == "internal lines json=true place=algo-1/0 passes-signals=false -- /bin/sh -c exit"
        )
    }

    @Test(
        arguments: [
            [], ["nope"], ["pack"], ["pack", "directory=/d"], ["pack", "directory=/d", "archive=/a", "archive=/b"],
            ["pack", "directory=/d", "archive=/a", "summary"], ["pack", "directory=/d", "archive=/a", "--", "x"],
            ["pack", "directory=/d", "archive=/a", "nope=1"], ["report", "record=/r", "seconds=soon"],
            ["fetch", "source=s", "directory=/d", "prefix=maybe"], ["lines", "json=true", "passes-signals=true"],
            ["lines", "json=true", "passes-signals=true", "place=algo-1", "--", "x"], ["channel", "/private"],
            ["metrics", "file=/f", "job=", "shared=false", "definition={}"], ["index", "repository=r", "--"],
            ["rendezvous", "directory=/d", "seconds=1", "parent=x"],
        ] as [[String]]
    )
    func whatIsNoRequestIsRefused(_ words: [String]) throws {
        for program in HelperPrograms.all {
            let result = try Command(program, ["internal"] + words).run()
            #expect(result.status == 64, "\(words)")
            #expect(result.errorText.hasPrefix("[train] error: train internal"), "\(result.errorText)")
        }
    }

    @Test func aTextThatIsNoUTF8IsRefused() throws {
        let value = RawString(unchecked: Array("destination=s3://\u{e9}".utf8).dropLast() + [0xff])
        #expect(throws: Failure.self) {
            _ = try HelperRequest(arguments: ["internal", "sync", "directory=/d", value])
        }
    }

    /// A person is not shown it: not in the help, not in the manual, not in what a shell completes.
    @Test func itIsHidden() throws {
        for words in [["--help"], ["--experimental-dump-help"], ["--generate-completion-script", "bash"]] {
            let told = try Command(Command.train, words).run().outputText
            #expect(told.contains("pack") && !told.contains("internal"), "\(words)")
        }
    }
}

/// The programs that carry tasks out: `train`, and one of its own on the library.
enum HelperPrograms {
    static let library = FilePath(Command.train).removingLastComponent().appending("example-swift-trainer").string
    static let all = [Command.train, library]
}
