import AsyncHTTPClient
import CZlib
import ContainerRuntime
import NIOCore
import NIOHTTP1
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

extension S3Client {
    /// What is sent in one request, and the smallest size of a part that S3 takes is 5 MiB.
    static let uploadPart = 8 << 20
    /// S3 takes 10,000 parts; with parts of at most this size they make 312 GiB.
    static let largestUploadPart = 32 << 20

    /// Stores a file's bytes under a key, in parts where it is large; one part is in memory at a time.
    ///
    /// Each part carries its CRC-32 and its SHA-256 is signed. Throws `sourceUnreadable` for a file that cannot be read or
    /// became shorter, `tooManyBytes` beyond 312 GiB, and what `send` throws.
    func upload(_ file: LocalFile, bucket: String, key: String) async throws(Failure) {
        let size = file.size
        let part = max(Self.uploadPart, (size + 9_999) / 10_000)
        guard part <= Self.largestUploadPart else {
            throw Failure(.tooManyBytes(limit: Self.largestUploadPart * 10_000, name: "what S3 takes"), file.name)
        }
        guard size > part else {
            _ = try await put(file, 0..<size, Operation(method: .PUT, bucket: bucket, key: key))
            return
        }
        let operation = Operation(
            method: .POST,
            bucket: bucket,
            key: key,
            query: [("uploads", "")],
            headers: [("x-amz-checksum-algorithm", "CRC32")]
        )
        guard let upload = XMLField.text("UploadId", in: try await answer(operation)) else {
            throw Failure(.storeRefused(status: 200, code: "", message: "no UploadId came"), operation.subject)
        }
        do throws(Failure) {
            try await uploadParts(file, part, upload, operation)
        } catch {
            // Parts that stay are billed until somebody removes them.
            _ = try? await answer(Operation(method: .DELETE, bucket: bucket, key: key, query: [("uploadId", upload)]))
            throw error
        }
    }

    private func uploadParts(
        _ file: LocalFile,
        _ part: Int,
        _ upload: String,
        _ whole: Operation
    )
        async throws(Failure)
    {
        var list = ""
        let size = file.size
        for (index, start) in stride(from: 0, to: size, by: part).enumerated() {
            let number = index + 1
            let query = [(name: "partNumber", value: "\(number)"), (name: "uploadId", value: upload)]
            let operation = Operation(method: .PUT, bucket: whole.bucket, key: whole.key, query: query)
            let (tag, checksum) = try await put(file, start..<min(size, start + part), operation)
            list +=
                "<Part><PartNumber>\(number)</PartNumber><ETag>\(tag)</ETag><ChecksumCRC32>\(checksum)</ChecksumCRC32></Part>"
        }
        let body = ByteBuffer(string: "<CompleteMultipartUpload>\(list)</CompleteMultipartUpload>")
        let operation = Operation(
            method: .POST,
            bucket: whole.bucket,
            key: whole.key,
            query: [("uploadId", upload)],
            headers: [("content-type", "application/xml")],
            body: body
        )
        // S3 answers 200 before it knows, and an error may come in the body of it.
        for failures in 1...retries.attempts {
            let answer = try await answer(operation)
            if XMLField.has("CompleteMultipartUploadResult", in: answer) { return }
            let code = XMLField.text("Code", in: answer) ?? ""
            guard failures < retries.attempts, code == "InternalError" || code == "SlowDown" else {
                let message = XMLField.text("Message", in: answer) ?? ""
                throw Failure(.storeRefused(status: 200, code: code, message: message), operation.subject)
            }
            do { try await retries.wait(afterFailures: failures) } catch {
                throw Failure(.storeUnreachable(reason: "stopped"), operation.subject)
            }
        }
    }

    /// Sends a range of a file; the answer is the tag and the checksum of what is stored.
    private func put(
        _ file: LocalFile,
        _ range: Range<Int>,
        _ operation: Operation
    ) async throws(Failure)
        -> (tag: String, checksum: String)
    {
        let body = try file.read(range)
        let sum = body.withUnsafeReadableBytes { Checksum.crc32(CZlib.crc32(0, nil, 0), $0) }
        let checksum = base64(Checksum.bytes(UInt64(sum), 4))
        var operation = operation
        operation.headers.append((name: "x-amz-checksum-crc32", value: checksum))
        operation.body = body
        let response = try await send(operation)
        _ = try? await response.body.collect(upTo: 1 << 16)
        return (response.headers.first(name: "etag") ?? "", checksum)
    }

    private func answer(_ operation: Operation) async throws(Failure) -> [UInt8] {
        let response = try await send(operation)
        do { return Array(try await response.body.collect(upTo: 1 << 20).readableBytesView) } catch {
            throw Failure(.storeUnreachable(reason: TransportProblem(error).reason), operation.subject)
        }
    }
}
