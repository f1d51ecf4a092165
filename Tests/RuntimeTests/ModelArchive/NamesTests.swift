import SystemPackage
import TestSupport
import Testing

/// A05, A06: names go in and come out byte for byte, whatever the locale.
@Suite(.timeLimit(.minutes(60))) struct NamesTests {
    /// Makes files of difficult names with Python, which takes bytes; each holds its own name.
    static let makeFiles = """
        import os, sys
        os.makedirs(sys.argv[1]); os.chdir(sys.argv[1])
        names = [b'-rf', b'--to-command=x', b' lead', b'trail ', b'new\\nline', b'back\\\\slash', b'tab\\there', b'*', b'a..b',
                 b'...', b'\\x01\\x7f', b'quote\\'"', b'caf\\xc3\\xa9', b'cafe\\xcc\\x81', b'bad\\xff\\xfe.bin', b'\\xe2\\x82\\xac' * 85]
        names += [bytes([97 + n % 26]) * n for n in (99, 100, 101, 254, 255)]
        for name in names: open(name, 'wb').write(name)
        deep = b''
        while len(deep) < int(sys.argv[2]) - 256:
            deep += b'd' * 240 + b'/'
        os.mkdir(b'deep'); os.chdir(b'deep')
        for part in deep.split(b'/')[:-1]:
            os.mkdir(part); os.chdir(part)
        open(b'e' * 200, 'wb').write(b'deep')
        """

    /// What a stranger finds in the archive, sorted, as bytes in hexadecimal digits.
    static let listNames = """
        import sys, tarfile
        t = tarfile.open(sys.argv[1], errors='surrogateescape', encoding='utf-8')
        for m in t:
            name = m.name.encode('utf-8', 'surrogateescape')
            if m.isfile() and not name.startswith(b'deep/'):
                assert t.extractfile(m).read() == name, name
            print(name.hex())
        """

    static let listTree = """
        import os, sys
        os.chdir(sys.argv[1])
        def walk(path):
            for name in sorted(os.listdir(b'.')):
                full = path + name
                print(full.hex())
                if os.path.isdir(name):
                    os.chdir(name); walk(full + b'/'); os.chdir(b'..')
        walk(b'')
        """

    @Test(arguments: [[:], ["LC_ALL": "C"], ["LC_ALL": "POSIX"], ["LC_ALL": "en_US.ISO-8859-1"], ["LC_ALL": "C.UTF-8"]])
    func everyNameComesBack(_ locale: [String: String]) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try python(Self.makeFiles, tree.model, "5002")
        let result = try tree.pack(environment: locale)
        #expect(result.status == 0, "\(result.errorText)")
        let expected = try python(Self.listTree, tree.model)
        #expect(expected.utf8.count > 10_000)
        #expect(try python(Self.listNames, tree.archive) == expected)
    }

    /// GNU tar and bsdtar extract them too, as long as the kernel takes a path at once.
    @Test(arguments: [ArchiveReader.gnuTar, .bsdtar])
    func strangersExtractThem(_ reader: ArchiveReader) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try python(Self.makeFiles, tree.model, "3000")
        _ = try tree.pack()
        let extracted = try reader.extract(tree.archive, tree, environment: ["LC_ALL": "C"])
        #expect(try python(Self.listTree, extracted) == python(Self.listTree, tree.model))
    }

    @discardableResult
    private func python(_ program: String, _ path: FilePath, _ more: String...) throws -> String {
        let result = try Command("/usr/bin/env", ["python3", "-c", program, path.string] + more).run()
        #expect(result.status == 0, "\(result.errorText)")
        return result.outputText
    }
}
