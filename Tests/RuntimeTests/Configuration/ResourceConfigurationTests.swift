import ContainerRuntime
import Testing

@Suite struct ResourceConfigurationTests {
    private static func read(_ text: String) throws -> ResourceConfiguration {
        try ResourceConfiguration(try #require(try JSONReader.read(text: text).object))
    }

    @Test(arguments: [
        (#"{"current_host": "algo-9"}"#, "algo-9", ["algo-9"]), (#"{"hosts": ["algo-1"]}"#, "algo-1", ["algo-1"]),
        (#"{"current_host": "b", "hosts": ["a", "b"], "unknown": {}}"#, "b", ["a", "b"]), ("{}", "algo-1", ["algo-1"]),
        (#"{"current_host": null, "hosts": null}"#, "algo-1", ["algo-1"]),
    ])
    func whatIsMissingHasADefault(_ text: String, _ host: String, _ hosts: [String]) throws {
        let resources = try Self.read(text)
        #expect(resources.currentHost == host)
        #expect(resources.hosts == hosts)
        #expect(resources.currentInstanceType == "local")
        #expect(resources.currentGroup == "homogeneousCluster")
        #expect(resources.networkInterface == "eth0")
        #expect(resources.topology == .array([]))
    }

    @Test(arguments: [
        (
            #"{"current_host": "c", "hosts": ["a", "b"]}"#,
            #""current_host" must be one of the hosts (a, b), found "c""#
        ),
        (#"{"hosts": ["a", "b"]}"#, #""current_host" must be one of the 2 hosts, found nothing"#),
        (
            #"{"current_host": "a", "hosts": []}"#,
            #""hosts" must be a list of at least one host, found an empty list"#
        ),
        (#"{"current_host": 1}"#, #""current_host" must be a string, found a number"#),
        (#"{"current_host": ""}"#, #""current_host" must be a text that is not empty, found """#),
        (#"{"hosts": "a"}"#, #""hosts" must be a list of strings, found a string"#),
        (#"{"hosts": ["a", 2]}"#, #""hosts" must be a list of strings, found a number in it"#),
        (#"{"current_host": "a\u0000"}"#, #""current_host" must be a text without NUL, found a NUL"#),
        (#"{"instance_groups": {}}"#, #""instance_groups" must be a list of objects, found an object"#),
        (#"{"instance_groups": [{}]}"#, #""instance_group_name" must be a string, found nothing"#),
    ])
    func aContradictionIsRefusedByItsKey(_ text: String, _ words: String) {
        let failure = #expect(throws: Failure.self) { try Self.read(text) }
        #expect(failure?.description == "resourceconfig.json: \(words)")
    }

    @Test func groupsKeepTheirOrderAndTheirObjects() throws {
        let resources = try Self.read(
            #"{"instance_groups": [{"instance_group_name": "b", "hosts": ["y", "x"], "instance_type": "t"},"#
                + #"{"instance_group_name": "a"}]}"#
        )
        #expect(resources.groups.map(\.name) == ["b", "a"])
        #expect(resources.groups.map(\.hosts) == [["y", "x"], []])
        #expect(resources.groups.first?.object["instance_type"] == "t")
    }
}
