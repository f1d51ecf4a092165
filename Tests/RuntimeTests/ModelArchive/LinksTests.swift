import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

/// A07, A08, A09: what is not an ordinary file.
@Suite(.timeLimit(.minutes(60))) struct LinksTests {
    private func listing(_ tree: JobTree) throws -> String {
        try tree.shell("tar tvf model.tar.gz | awk '{ print substr($1, 1, 1), $3, $6, $7, $8 }' | sed 's/ *$//'")
    }

    @Test func linksAreFollowed() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("model/data/weights", "12345")
        try tree.write("outside/far", "1234567")
        try tree.shell(
            """
            cd ml/model
            ln -s data/weights relative; ln -s "$PWD/data/weights" absolute; ln -s data directory
            ln -s ../outside/far leaving; ln -s ../outside elsewhere
            ln -s nothing dangling; ln -s loop loop; ln -s .. data/up; ln -s weights/x data/through-a-file
            """
        )
        let result = try tree.pack()
        #expect(result.status == 0)
        #expect(
            try listing(tree) == """
                - 5 absolute
                d 0 data/
                - 5 data/weights
                d 0 directory/
                - 5 directory/weights
                d 0 elsewhere/
                - 7 elsewhere/far
                - 7 leaving
                - 5 relative

                """
        )
        for (name, words) in [
            ("model/dangling", "points to nothing"), ("model/loop", "points to nothing"),
            ("model/data/up", "a directory that it lies in"), ("model/directory/up", "a directory that it lies in"),
            ("model/data/through-a-file", "points to nothing"),
            ("model/leaving", "leads out of the directory"), ("model/elsewhere", "leads out of the directory"),
        ] {
            #expect(
                result.errorText.contains(
                    "\(name): the link \(words.hasPrefix("a dir") ? "points to \(words)" : words)"
                )
            )
        }
        #expect(!result.errorText.contains("model/relative"))
    }

    @Test func linksAreKeptOnRequest() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let long = String(repeating: "t", count: 180)
        try tree.write("model/data/weights", "12345")
        try tree.shell(
            """
            cd ml/model
            ln -s data/weights relative; ln -s /etc/passwd absolute; ln -s ../.. leaving; ln -s nothing dangling
            ln -s ../data/weights data/back; ln -s \(long) long
            """
        )
        let result = try tree.pack(["--symlinks", "keep"])
        #expect(
            try listing(tree) == """
                l 0 absolute -> /etc/passwd
                l 0 dangling -> nothing
                d 0 data/
                l 0 data/back -> ../data/weights
                - 5 data/weights
                l 0 leaving -> ../..
                l 0 long -> \(long)
                l 0 relative -> data/weights

                """
        )
        let warned = result.errorText.split(separator: "\n").filter { $0.contains("leaves the directory") }
        #expect(warned.count == 2)
        #expect(result.errorText.contains("model/absolute: the link to \"/etc/passwd\" leaves the directory"))
    }

    /// The second name is sorted before the first one that was made: no reader needs an order.
    @Test func hardLinksAreBodies() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("model/z", "body")
        try tree.shell("ln ml/model/z ml/model/a")
        _ = try tree.pack()
        #expect(try listing(tree) == "- 4 a\n- 4 z\n")
    }

    @Test func whatIsNoFileIsLeftOut() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("model/weights", "12345")
        try tree.shell(
            """
            mkfifo ml/model/fifo
            python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("ml/model/socket")'
            ln -s /dev/null ml/model/device
            """
        )
        let result = try tree.pack()
        #expect(result.status == 0)
        #expect(try listing(tree) == "- 5 weights\n")
        for words in ["fifo: a FIFO", "socket: a socket", "device: a device"] {
            #expect(result.errorText.contains("model/\(words) cannot be packed, it is left out"))
        }
    }

    @Test func manyWarningsAreCounted() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("model")
        try tree.shell("for i in $(seq 100); do ln -s nothing ml/model/$i; done")
        let result = try tree.pack()
        #expect(result.errorText.split(separator: "\n").filter { $0.contains("points to nothing") }.count == 20)
        #expect(result.errorText.contains("and 80 more such warnings"))
    }
}
