import Testing

@testable import ContainerRuntime

@Suite struct PeerMessageTests {
    @Test func everyMessageComesBackAsItWas() {
        var failure = PeerFailure(host: "algo-2", kind: .failed, line: "ValueError: ü", time: 7)
        (failure.rank, failure.exitCode, failure.signal, failure.isConsequence) = (5, 3, 9, true)
        let hello = PeerHello(host: "algo-1", job: "j", hostKey: "ssh-ed25519 AAAA+/=", clientKey: nil)
        for message in [PeerMessage.hello(hello), .ready, .beat, .failed(failure), .first(failure), .ended] {
            let line = message.line(time: 12)
            #expect(line.last == 10 && line.count <= PeerMessage.longest)
            let read = PeerMessage.read(line.dropLast())
            #expect(read?.message == message && read?.time == 12)
        }
    }

    @Test(arguments: [
        "", "{}", "null", "[", "GET / HTTP/1.1", #"{"type":"beat"}"#, #"{"type":"beat","time":-1}"#,
        #"{"type":"nonsense","time":1}"#, #"{"type":"hello","time":1,"hello":{"host":1}}"#,
        #"{"type":"failed","time":1,"failure":{"host":"a\nb","kind":"failed","line":"","time":1}}"#,
        #"{"type":"hello","time":1,"hello":{"host":"a","job":"j","client_key":"ssh-rsa A\ncommand=\"x\" B"}}"#,
        #"{"type":"hello","time":1,"hello":{"host":"a","job":"j","host_key":"no key at all"}}"#,
    ])
    func whatIsNoMessageIsNone(_ text: String) {
        #expect(PeerMessage.read(Array(text.utf8)) == nil)
    }

    @Test func aLongLineOfAFailureIsCut() {
        let failure = PeerFailure(host: "a", kind: .failed, line: String(repeating: "é\n", count: 9_000), time: 1)
        #expect(PeerMessage.failed(failure).line(time: 1).count < PeerMessage.longest)
    }

    @Test func randomBytesAreNoMessageAndNoCrash() {
        var seed: UInt64 = 88_172_645_463_325_252
        for _ in 0..<2_000 {
            var line: [UInt8] = []
            for _ in 0..<40 {
                seed ^= seed << 13
                seed ^= seed >> 7
                seed ^= seed << 17
                line.append(UInt8(truncatingIfNeeded: seed))
            }
            #expect(PeerMessage.read(line) == nil)
        }
    }

    @Test func theKernelsTableOfPortsIsRead() {
        let table = """
              sl  local_address rem_address   st tx_queue
               0: 0100007F:1E6D 00000000:0000 0A 00000000:00000000
               1: 0100007F:1E6C 0100007F:1E6D 01 00000000:00000000
            """
        #expect(ListeningPorts.contains(0x1E6D, table: Array(table.utf8)))
        #expect(!ListeningPorts.contains(0x1E6C, table: Array(table.utf8)))
    }
}
