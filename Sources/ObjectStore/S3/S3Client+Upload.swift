import AsyncHTTPClient
import CZlib
import ContainerRuntime
import NIOCore
import NIOHTTP1

extension S3Client {
    /// What is sent in one request, and the smallest size of a part that S3 takes is 5 MiB.
    static let uploadPart = 8 << 20
    /// S3 takes 10,000 parts; with parts of at most this size they make 312 GiB.
    static let largestUploadPart = 32 << 20

    /// Stores a file's bytes under a key, in parts where it is large; one part is in memory at a time.
    ///
    /// Each part carries its CRC-32 and its SHA-256 is signed.
    ///
    /// - Throws: `Failure` with code `sourceUnreadable` for a file that cannot be read or became shorter, `tooManyBytes` beyond
    ///   312 GiB, and what `send` throws.
    func upload(_ file: LocalFile, bucket: String, key: String) async throws(Failure) {
        let size = file.size
        let part = max(Self.uploadPart, (size + 9_999) / 10_000)
        guard part <= Self.largestUploadPart else {
            throw Failure(.tooManyBytes(limit: Self.largestUploadPart * 10_000, name: "what S3 takes"), file.name)
        }
        let whole = Operation(method: .PUT, bucket: bucket, key: key)
        guard size > part else {
            _ = try await put(file, 0..<size, whole)
            return
        }
        var start = whole
        (start.method, start.query) = (.POST, [("uploads", "")])
        start.headers = [("x-amz-checksum-algorithm", "CRC32")]
        guard let upload = try await answer(start).text(of: "UploadId") else {
            throw Failure(.storeRefused(status: 200, code: "", message: "no UploadId came"), whole.subject)
        }
        do throws(Failure) {
            let list = try await uploadParts(file, part, upload, whole)
            try await complete(upload, list, whole)
        } catch {
            // Parts that stay are billed until somebody removes them.
            _ = try? await send(Operation(method: .DELETE, bucket: bucket, key: key, query: [("uploadId", upload)]))
            throw error
        }
    }

    /// Sends a file in parts, and gives back their list as S3 wants it.
    private func uploadParts(
        _ file: LocalFile,
        _ part: Int,
        _ upload: String,
        _ whole: Operation
    ) async throws(Failure) -> String {
        var list = ""
        for (index, start) in stride(from: 0, to: file.size, by: part).enumerated() {
            var operation = whole
            operation.query = [("partNumber", "\(index + 1)"), ("uploadId", upload)]
            let (tag, checksum) = try await put(file, start..<min(file.size, start + part), operation)
            list +=
                "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(tag)</ETag>"
                + "<ChecksumCRC32>\(checksum)</ChecksumCRC32></Part>"
        }
        return list
    }

    private func complete(_ upload: String, _ list: String, _ whole: Operation) async throws(Failure) {
        var operation = whole
        (operation.method, operation.query) = (.POST, [("uploadId", upload)])
        operation.headers = [("content-type", "application/xml")]
        operation.body = ByteBuffer(string: "<CompleteMultipartUpload>\(list)</CompleteMultipartUpload>")
        try await retrying(RetryPolicy(subject: whole.subject)) { [operation] _ in
            let answer = try await answer(operation)
            if answer.name == "CompleteMultipartUploadResult" { return }
            // S3 answers 200 before it knows, and an error may come in the body of it.
            let error = StoreError(status: 200, headers: HTTPHeaders(), answer: answer)
            throw FailedTry(
                isTransient: ["InternalError", "SlowDown"].contains(error.code),
                reason: error.code,
                failure: refusal(error, operation)
            )
        }
    }

    /// Sends a range of a file; the answer is the tag and the checksum of what is stored.
    private func put(
        _ file: LocalFile,
        _ range: Range<Int>,
        _ operation: Operation
    ) async throws(Failure) -> (tag: String, checksum: String) {
        let body = try file.read(range)
        let sum = body.withUnsafeReadableBytes { Checksum.crc32(CZlib.crc32(0, nil, 0), $0) }
        let checksum = Checksum.bytes(UInt64(sum), 4).base64
        var operation = operation
        operation.headers.append((name: "x-amz-checksum-crc32", value: checksum))
        operation.body = body
        let response = try await send(operation)
        _ = try? await response.bytes(upTo: 1 << 16)
        return (response.headers.first(name: "etag") ?? "", checksum)
    }

    private func answer(_ operation: Operation) async throws(Failure) -> XMLElement {
        let response = try await send(operation)
        do { return try XMLElement(try await response.bytes(upTo: 1 << 20)) } catch let error as XMLError {
            throw Failure(.storeRefused(status: 200, code: "", message: "\(error)"), operation.subject)
        } catch {
            throw Failure(.storeUnreachable(reason: FailedTry(error).reason), operation.subject)
        }
    }
}
