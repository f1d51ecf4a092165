import Testing

@testable import ContainerRuntime

@Suite struct RequiredLiteralTests {
    @Test(
        arguments: [
            ("loss: ([0-9.]+)", "loss: "), ("GAN_loss=(.*?);", "GAN_loss="), (#"a\.b=(\d+)"#, "a.b="),
            ("(?:x|y)=long text (.*)", "=long text "), ("colou?r: (.*)", "colo"), ("ab+c (.*)", "ab"),
            ("x{2}y: (.*)", "y: "), ("x{,2}yes (.*)", "yes "), (#"\{"loss": (\S+)"#, "{\"loss\": "),
            (#"{"loss": (\S+)"#, "{\"loss\": "), ("[]abc] text (.*)", " text "), ("(?P<v>.*) end", " end"),
            ("(?=not)really(.*)", "really"), (#"(\d+) é text"#, " text"), ("é?abc(.*)", "abc"),
            ("(a(b)c) tail", " tail"),
            // Nothing is certain here.
            ("a|b(.*)", nil), ("(?i)loss (.*)", nil), (#"\Qloss\E(.*)"#, nil), ("(.*)", nil), ("[a-z]+(.*)", nil),
            (#"\x41bc(.*)"#, nil), ("(*UTF)loss(.*)", nil), ("(?x) loss (.*)", nil), ("l*(.*)", nil),
            ("loss[", nil), ("((?i)a)loss", nil), (#"(.)\1loss"#, nil),
        ] as [(String, String?)]
    )
    func aPatternGivesTheLongestTextThatIsCertain(_ pattern: String, _ expected: String?) {
        #expect(RequiredLiteral.find(pattern).map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    /// Where a pattern made at random matches a text made at random, the text holds what it must.
    @Test func everyMatchHoldsIt() {
        var generator = Deterministic(seed: 11)
        let atoms = [
            "a", "b", "ab", "a?", "b*", "a+", "b{2}", "a{,1}", "b{0,2}", ".", "[ab]", "[^a]", "(a)", "(?:ab|b)", "(b)?",
            "(?=a)", "(?!b)", #"\w"#, #"\."#, "a|b", "^", "$", "{a", "é", "é*", #"\s?"#,
        ]
        let letters = ["a", "b", "ab", "bb", ".", " ", "é", "{a", "c"]
        var matches = 0
        for _ in 0..<20_000 {
            let pattern = (0..<Int.random(in: 1...5, using: &generator))
                .map { _ in atoms[Int.random(in: 0..<atoms.count, using: &generator)] }.joined()
            guard let literal = RequiredLiteral.find(pattern), let regex = try? RegexSearch(pattern) else { continue }
            for _ in 0..<4 {
                let text = (0..<Int.random(in: 0...8, using: &generator))
                    .map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] }.joined()
                let answer = Array(text.utf8).withUnsafeBufferPointer { regex.first(in: $0) }
                guard case .found = answer else { continue }
                matches += 1
                #expect(
                    text.utf8.count == 0 || text.contains(String(decoding: literal, as: UTF8.self)),
                    "\(pattern) matches \(text)"
                )
            }
        }
        #expect(matches > 1_000)
    }
}
