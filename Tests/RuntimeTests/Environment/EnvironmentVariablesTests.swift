import Testing

@testable import ContainerRuntime

@Suite struct EnvironmentVariablesTests {
    @Test func whatCameInGoesOutAsTheSameBytes() {
        let odd = RawString(bytes: [0x41, 0x3d, 0xff, 0xfe]) ?? ""
        var variables = EnvironmentVariables(entries: [odd, "no-equals", "=:=::", "B=1", "B=2", "C="])
        #expect(variables["A"]?.bytes == [0xff, 0xfe])
        #expect(variables.text("A") == nil)
        #expect(variables["B"] == "1")
        #expect(variables["C"] == "")
        #expect(variables["no-equals"] == nil)
        variables.set("B", "3")
        #expect(variables.entries == [odd, "no-equals", "=:=::", "C=", "B=3"])
    }

    @Test func manyVariablesTakeThePlaceOfThoseThatCameIn() {
        let came: [RawString] = ["B=1", "no-equals", "=:=::", "", "A=1", "BB=1", "B=2", "Z=1", "=A=1", "AB"]
        let variables = EnvironmentVariables(entries: came).replacing(withSorted: ["A=2", "AB=2", "B=3", "C="])
        #expect(
            variables.entries == ["no-equals", "=:=::", "", "BB=1", "Z=1", "=A=1", "AB", "A=2", "AB=2", "B=3", "C="]
        )
        #expect(EnvironmentVariables(entries: came).replacing(withSorted: []).entries == came)
        #expect(EnvironmentVariables(entries: came).removing(["B", "=A", "no-equals"]).entries.count == 7)
    }

    @Test func aNameThatNoVariableCanHaveIsPassedOver() {
        var variables = EnvironmentVariables()
        variables.set([("", "1"), ("A=B", "1"), ("C", "1")])
        #expect(variables.entries == ["C=1"])
    }

    @Test func thisProcesssVariablesAreRead() {
        let current = EnvironmentVariables.current()
        #expect(current.text("PATH")?.isEmpty == false)
    }
}
