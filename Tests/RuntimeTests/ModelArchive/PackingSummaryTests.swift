import Testing

@testable import ContainerRuntime

/// What is said of an archive that was made.
@Suite struct PackingSummaryTests {
    @Test(
        arguments: [
            (0, 0, 45, 0.001, "0 files, 0 bytes"),
            (1, 1, 99, 0.001, "1 file, 1 byte"),
            (1, 7, 111, 0.03, "1 file, 7 bytes"),
            (3, 20_000, 20_000, 0.9, "3 files, 20 kB"),
            (2, 50_000, 1_234, 0.02, "2 files, 50 kB in 1.2 kB (2%)"),
            (2, 50_000, 1_234, 7, "2 files, 50 kB in 1.2 kB (2%), 7.0 s"),
            (1, 5_000_000, 5_010_000, 0.5, "1 file, 5.0 MB in 5.0 MB"),
            (12, 34_000_000_000, 12_000_000_000, 64, "12 files, 34 GB in 12 GB (35%), 1 min 4 s, 531 MB a second"),
            (1, 10_000_000_000, 10_003_000_000, 25, "1 file, 10 GB in 10 GB, 25.0 s, 400 MB a second"),
        ]
    )
    func whatSaysNothingIsLeftOut(_ files: Int, _ before: Int, _ after: Int, _ seconds: Double, _ text: String) {
        let summary = PackingSummary(entries: files + 1, files: files, bytesIn: before, bytesOut: after)
        #expect(summary.text(after: seconds) == text)
    }
}
