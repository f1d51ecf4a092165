import ArgumentParser
import ContainerRuntime

/// The options that stand for the runtime's settings; each has a variable that does the same.
struct SettingOptions: ParsableArguments {
    @Option(name: .customLong("base-dir"), help: help(.baseDirectory))
    var baseDirectory: String?

    @Option(help: help(.gracePeriod))
    var gracePeriod: String?

    @Option(name: .customLong("max-runtime"), help: help(.maximumRunTime))
    var maximumRunTime: String?

    @Option(help: help(.idleTimeout))
    var idleTimeout: String?

    @Option(help: help(.pack))
    var pack: String?

    @Option(help: help(.python))
    var python: String?

    @Option(help: help(.installer))
    var installer: String?

    @Option(help: help(.syncTimeout))
    var syncTimeout: String?

    @Option(help: help(.logLevel))
    var logLevel: String?

    @Option(help: help(.hostTimeout))
    var hostTimeout: String?

    @Option(help: help(.hostOrder))
    var hostOrder: String?

    @Option(help: help(.peerPort))
    var peerPort: String?

    @Option(help: help(.peerTimeout))
    var peerTimeout: String?

    @Option(help: help(.launchCommand))
    var launchCommand: String?

    @Option(help: help(.booleanStyle))
    var booleanStyle: String?
    @Option(help: help(.report))
    var report: String?

    @Option(help: help(.logFormat))
    var logFormat: String?

    @Option(help: help(.metrics))
    var metrics: String?

    @Option(help: help(.metricDefinitions))
    var metricDefinitions: String?

    @Option(help: help(.sampleInterval))
    var sampleInterval: String?

    @Option(help: help(.banner))
    var banner: String?

    /// What was given, by setting.
    var values: [RuntimeSetting: String] {
        let pairs: [(RuntimeSetting, String?)] = [
            (.baseDirectory, baseDirectory), (.gracePeriod, gracePeriod), (.maximumRunTime, maximumRunTime),
            (.idleTimeout, idleTimeout), (.pack, pack), (.python, python), (.installer, installer),
            (.syncTimeout, syncTimeout), (.logLevel, logLevel), (.hostTimeout, hostTimeout), (.hostOrder, hostOrder),
            (.peerPort, peerPort), (.peerTimeout, peerTimeout), (.launchCommand, launchCommand),
            (.booleanStyle, booleanStyle), (.report, report), (.logFormat, logFormat), (.metrics, metrics),
            (.metricDefinitions, metricDefinitions), (.sampleInterval, sampleInterval), (.banner, banner),
        ]
        return Dictionary(uniqueKeysWithValues: pairs.compactMap { setting, value in value.map { (setting, $0) } })
    }

    func validate() throws {
        for (setting, value) in values {
            if let problem = setting.problem(with: value) { throw ValidationError(problem) }
        }
    }

    private static func help(_ setting: RuntimeSetting) -> ArgumentHelp {
        "\(setting.help) Variable \(setting.variable), default: \(setting.defaultText)."
    }
}
