import SystemPackage

/// The use of one GPU; nil for what its driver does not tell.
struct GPUUse: Equatable {
    /// Percent of the time.
    var utilization: Int?
    /// Bytes in use.
    var memory: Int?
    /// Bytes that it has.
    var memoryLimit: Int?

    /// Reads lines of nvidia-smi, `97, 12288, 81559`: percent, MiB, MiB; `[N/A]` for what is not known.
    static func read(_ text: [UInt8]) -> [GPUUse] {
        text.split(separator: UInt8(ascii: "\n")).map { line in
            let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { field in
                Int(String(decoding: field.filter { $0 > 0x20 }, as: UTF8.self))
            }
            func field(_ place: Int) -> Int? { place < fields.count ? fields[place] : nil }
            return GPUUse(
                utilization: field(0),
                memory: field(1).map { $0 << 20 },
                memoryLimit: field(2).map { $0 << 20 }
            )
        }
    }

    /// The uses in JSON, as a sample has them.
    static func json(_ uses: [GPUUse]) -> JSONValue {
        .array(
            uses.map { use in
                let pairs = [
                    ("utilization", use.utilization), ("memory_bytes", use.memory),
                    ("memory_limit_bytes", use.memoryLimit),
                ]
                return .object(JSONObject(pairs.compactMap { pair in pair.1.map { (pair.0, .integer($0)) } }))
            }
        )
    }

    /// Reads what `json` wrote.
    static func read(json: [UInt8]) -> [GPUUse] {
        let elements = (try? JSONReader.read(json))?.array ?? []
        return elements.compactMap(\.object).map { object in
            GPUUse(
                utilization: object["utilization"]?.integer,
                memory: object["memory_bytes"]?.integer,
                memoryLimit: object["memory_limit_bytes"]?.integer
            )
        }
    }
}

/// The companion that asks nvidia-smi, which may take seconds or never answer.
enum GPUWatch {
    /// What is asked for.
    ///
    /// Source: https://docs.nvidia.com/deploy/nvidia-smi/
    static let question = [
        "--query-gpu=utilization.gpu,memory.used,memory.total", "--format=csv,noheader,nounits",
    ]

    /// Writes the use of all GPUs to a file, again and again, until it is ended or the tool does not answer three times.
    ///
    /// - Parameters:
    ///   - file: The file, which is replaced as a whole.
    ///   - tool: nvidia-smi.
    ///   - seconds: The time between two questions.
    static func run(file: FilePath, tool: FilePath, seconds: Int = 5) {
        var failures = 0
        while failures < 3 {
            if let output = BoundedTool.output(tool, question) {
                failures = 0
                let uses = JSONWriter.bytes(GPUUse.json(GPUUse.read(output)))
                // Of use for seconds only; where it cannot be written there is none.
                try? SmallFile.write(uses, to: file, mode: 0o600, isDurable: false)
            } else {
                failures += 1
            }
            CurrentProcess.sleep(for: .seconds(seconds))
        }
        // Nothing is better than the last of what is not known any more.
        try? FileSystem.removeFile(file)
    }
}
