import Testing

@testable import ContainerRuntime

@Suite struct QuotaTests {
    @Test(
        arguments: [
            ("max 100000\n", nil), ("200000 100000\n", 2), ("150000 100000", 2), ("50000 100000\n", 1),
            ("-1\n 100000\n", nil),
            ("400000\n 100000\n", 4), ("", nil), (" ", nil), ("a b", nil), ("100000 0", nil),
        ] as [(String, Int?)]
    )
    func aQuotaIsRoundedUp(_ text: String, _ processors: Int?) {
        #expect(PackingThreads.quota(text) == processors)
    }
}
