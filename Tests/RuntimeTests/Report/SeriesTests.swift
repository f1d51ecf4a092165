import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// How lines of numbers become lines on a page.
@Suite(.timeLimit(.minutes(60))) struct SeriesTests {
    private func charts(_ lines: String) throws -> ([Chart], broken: Int) {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("m.jsonl", lines)
        var scanner = LineScanner(MetricLines())
        try scanner.read(tree.base.appending("m.jsonl"))
        return (scanner.sink.charts, scanner.broken)
    }

    private func values(_ lines: String) throws -> [Double] {
        try charts(lines).0.flatMap { $0.series.flatMap { $0.points.map(\.value) } }
    }

    @Test(
        arguments: [
            (#"{"time":1,"name":"a","value":2.5}"#, [2.5]),
            (#" { "value" : -1e-3 , "name" : "a" , "time" : 1.5 } "#, [-0.001]),
            (#"{"time":1,"name":"a","value":1,"step":null,"more":{"deep":[1,2]}}"#, [1]),
            (#"{"time":1,"name":"a\u0041\"","value":1}"#, [1]), (#"{"time":1,"name":"é","value":1}"#, [1]),
            (#"{"time":1,"name":"a","value":"0.5"}"#, [0.5]), (#"{"time":1,"name":"a","value":NaN}"#, []),
            (#"{"time":1,"name":"a","value":"nan"}"#, []), (#"{"time":1,"name":"a"}"#, []),
            (#"{"time":1,"value":1}"#, []), (#"{"name":"a","value":1}"#, []),
            ("{\"time\":1,\"name\":\"a\",\"value\":1}\r", [1]),
        ] as [(String, [Double])]
    )
    func aLineIsReadAsJSONHasIt(_ line: String, _ expected: [Double]) throws {
        #expect(try values(line + "\n") == expected)
        #expect(try charts(line + "\n").broken == 0)
    }

    @Test(arguments: [
        "nonsense", "{", "[1]", #"{"time":1,"name":"a","value":}"#, #"{"time":1 "name":"a","value":1}"#,
        #"{"time":1,"name":"a","value":1}x"#, "\u{0}",
    ])
    func aBrokenLineIsCountedAndSpoilsNoOther(_ line: String) throws {
        let good = #"{"time":1,"name":"a","value":7}"#
        let read = try charts("\(good)\n\(line)\n\(good)\n")
        #expect(read.broken == 1)
        #expect(read.0.flatMap { $0.series.flatMap(\.points) }.map(\.value) == [7, 7])
    }

    @Test func aLineThatWasCutOffIsNotRead() throws {
        let read = try charts("{\"time\":1,\"name\":\"a\",\"value\":7}\n{\"time\":1,\"name\":\"a\",\"value\":12")
        #expect(read.broken == 1)
        #expect(read.0.flatMap { $0.series.flatMap(\.points) }.map(\.value) == [7])
    }

    /// Pieces of the file end in the middle of lines, and of numbers.
    @Test func aFileOfManyPiecesIsReadWhole() throws {
        let lines = (0..<60_000).map { "{\"time\":\($0),\"name\":\"n\($0 % 3)\",\"value\":\($0).25,\"step\":\($0)}\n" }
        let charts = try charts(lines.joined()).0
        #expect(charts.map(\.title) == ["n0", "n1", "n2"])
        #expect(charts.reduce(0) { $0 + $1.count } == 60_000)
        #expect(charts[1].series[0].points[10_000] == Series.Point(time: 30_001, value: 30_001.25, step: 30_001))
    }

    @Test func ranksAreLinesOfOneChartAndTooManyAreSaid() throws {
        let lines = (0..<12).map { "{\"time\":1,\"name\":\"loss\",\"value\":\($0),\"rank\":\(11 - $0)}\n" }
        let chart = try #require(try charts(lines.joined()).0.first)
        #expect(chart.series.map(\.label) == (0..<8).map { "rank \($0)" })
        #expect(chart.series.first?.points.first?.value == 11)
        #expect(chart.leftOut == 4)
    }

    @Test func whatIsNotFiniteIsCountedWithTheFirst() throws {
        let lines = [1, 2, 3].map {
            "{\"time\":\($0),\"name\":\"loss\",\"value\":\($0 < 2 ? "1" : "NaN"),\"step\":\($0)}\n"
        }
        let series = try #require(try charts(lines.joined()).0.first?.series.first)
        #expect(series.points.count == 1 && series.notFinite == 2 && series.firstNotFinite?.step == 2)
    }

    @Test(arguments: [10, 100, 999, 2_000])
    func whatIsLeftOutIsNeverAPeak(_ limit: Int) {
        var generator = Deterministic(seed: UInt64(limit))
        let points = (0..<50_000).map { index in
            Series.Point(time: Double(index), value: Double(generator.next() % 1_000), step: index)
        }
        let reduced = Series(points: points).reduced(to: limit)
        #expect(reduced.count <= limit)
        #expect(reduced.first == points.first && reduced.last == points.last)
        #expect(reduced.map(\.value).max() == points.map(\.value).max())
        #expect(reduced.map(\.value).min() == points.map(\.value).min())
        #expect(zip(reduced, reduced.dropFirst()).allSatisfy { $0.time < $1.time })
        #expect(reduced.allSatisfy { points[$0.step ?? 0] == $0 })
        #expect(Series(points: Array(points.prefix(limit))).reduced(to: limit).count == limit)
    }

    @Test func aRateIsTheSlopeOfACounter() {
        let points = [(0.0, 0.0), (2, 10), (3, 40), (4, 5), (5, 7)].map { Series.Point(time: $0.0, value: $0.1) }
        #expect(Series(points: points).rate.points.map(\.value) == [5, 30, 2])
    }

    /// A week of a value in a second and more names than a person has: still a page that a mail takes.
    @Test func aPageOfAWeekIsSmall() throws {
        let run = try SampleRun()
        defer { run.tree.remove() }
        var generator = Deterministic(seed: 7)
        var lines: [String] = []
        for index in 0..<200_000 {
            let value = Double(generator.next() % 1_000_000) / 999_983
            lines.append(
                "{\"time\":\(SampleRun.start + Double(index) * 3),\"name\":\"m\(index % 50)\",\"value\":\(value),\"step\":\(index)}\n"
            )
        }
        try run.tree.write("output/metrics/metrics.jsonl", lines.joined())
        let result = try run.makePage()
        try #require(result.status == 0, "\(result.errorText)")
        #expect((run.tree.read("output/report.html")?.count ?? .max) < 2_000_000)
    }
}
