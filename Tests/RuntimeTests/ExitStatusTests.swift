import ContainerRuntime
import Testing

@Suite struct ExitStatusTests {
    @Test func aSignalIsReportedAsAShellDoes() {
        #expect(ExitStatus.signal(9).rawValue == 137)
        #expect(ExitStatus.signal(15).rawValue == 143)
    }
}
