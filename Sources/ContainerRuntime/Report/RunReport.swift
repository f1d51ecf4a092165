public import SystemPackage

/// A run as it is told afterwards: `report.json`, and what was measured beside it.
public struct RunReport {
    /// The record of the run.
    let record: JSONObject
    var metrics: [Chart] = []
    var resources: [Chart] = []
    /// The highest memory use in bytes, and what may be used.
    var memoryPeak: (bytes: Double, limit: Double?)?
    /// The cores that were used on average.
    var meanProcessors: Double?
    /// What is doubtful about the files.
    var notes: [String] = []

    /// A record of a few hundred lines is some 100 kB.
    private static let longestRecord = 1 << 26

    /// Finds the record of a run.
    ///
    /// - Parameter path: The record itself, or the base directory of a job: `output/report.json`, `output/data/report.json`.
    /// - Returns: The path of the record.
    /// - Throws: `Failure` with code `reportMissing`.
    public static func find(_ path: FilePath) throws(Failure) -> FilePath {
        guard (try? FileStatus(path))?.isDirectory == true else {
            guard (try? FileStatus(path)) != nil else { throw Failure(.reportMissing, path.string) }
            return path
        }
        let names = ["output/report.json", "output/data/report.json", "report.json"]
        let places = names.map { path.pushing(FilePath($0)) }
        guard let found = places.first(where: { FileSystem.exists($0) }) else {
            throw Failure(.reportMissing, path.string)
        }
        return found
    }

    /// Reads a record, and the files with metrics and resources: in `metrics` beside it, or beside its directory.
    ///
    /// - Throws: `Failure` where the record cannot be read or is none.
    public init(_ file: FilePath) throws(Failure) {
        let bytes = try Failure.wrap(readFile(file, limit: Self.longestRecord), as: .configurationUnreadable, file)
        guard let object = try? JSONReader.read(bytes).object, object["outcome"]?.string != nil else {
            throw Failure(.reportUnusable(reason: "an object with an outcome is expected"), file.string)
        }
        record = object
        let directory = file.removingLastComponent().isEmpty ? "." : file.removingLastComponent()
        let places = [directory.appending("metrics"), directory.pushing("../metrics")]
        let place = places.first { FileSystem.isDirectory($0) } ?? places[0]
        readMetrics(place.appending("metrics.jsonl"))
        readResources(place.appending("resources.jsonl"))
    }

    private mutating func readMetrics(_ file: FilePath) {
        var scanner = LineScanner(MetricLines())
        read(file, &scanner)
        metrics = scanner.sink.charts.map(Self.inOrder)
        let leftOut = scanner.sink.leftOut
        if leftOut > 0 { notes.append("\(leftOut) values are of more metrics than are shown") }
    }

    private mutating func readResources(_ file: FilePath) {
        var scanner = LineScanner(ResourceLines())
        read(file, &scanner)
        resources = scanner.sink.charts.map(Self.inOrder)
        memoryPeak = scanner.sink.memoryPeak
        meanProcessors = scanner.sink.meanProcessors
    }

    private mutating func read<Sink>(_ file: FilePath, _ scanner: inout LineScanner<Sink>) {
        let name = file.lastComponent?.string ?? ""
        do throws(Errno) {
            try scanner.read(file)
        } catch {
            notes.append("\(name) cannot be read: \(error)")
        }
        if scanner.broken > 0 { notes.append("\(name): \(scanner.broken) lines are no JSON and are left out") }
        if scanner.isCut { notes.append("\(name) is longer than what is read of it") }
    }

    /// Two streams that are read by turns may come in slightly out of order; the script relies on it.
    private static func inOrder(_ chart: Chart) -> Chart {
        var chart = chart
        for index in chart.series.indices {
            let points = chart.series[index].points
            let isSorted = zip(points, points.dropFirst()).allSatisfy { $0.time <= $1.time }
            if !isSorted { chart.series[index].points.sort { $0.time < $1.time } }
        }
        return chart
    }
}
