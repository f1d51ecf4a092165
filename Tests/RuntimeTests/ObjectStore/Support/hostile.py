"""A web server that does what servers do on a bad day. Its only line says its port.

Each request is a line of the file DIRECTORY.requests before it is answered: who has an answer finds it there.
The path says how it behaves: /MODE/NAME, the file NAME being read from the directory that is the first argument.
With a certificate and its key as further arguments it speaks TLS.
"""
import email.utils, http.server, os, re, socket, ssl, sys, threading, time

sys.dont_write_bytecode = True
from pages import Pages

directory = sys.argv[1]
requests = os.open(directory + ".requests", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
counts = {}
lock = threading.Lock()


class Handler(Pages, http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    directory = directory

    def count(self, name):
        """How often something was asked for, this time too."""
        with lock:
            counts[name] = counts.get(name, 0) + 1
            return counts[name]

    def log_message(self, *_):
        pass

    def tell(self, *words):
        os.write(requests, (" ".join(str(word) for word in words) + "\n").encode())

    def answer(self, status, body=b"", **headers):
        # send_response would add the time of now in front of another one.
        (self.send_response_only if "Date" in headers else self.send_response)(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def error(self, status, code, **headers):
        self.answer(status, f"<Error><Code>{code}</Code><Message>m</Message></Error>".encode(), **headers)

    def do_PUT(self):
        length = int(self.headers.get("Content-Length", 0))
        while length > 0:
            length -= len(self.rfile.read(min(length, 1 << 16)))
        self.do_GET()

    def do_CONNECT(self):
        self.tell("CONNECT", self.path, self.headers.get("Proxy-Authorization"))
        self.answer(403)

    do_POST = do_PUT
    do_DELETE = do_PUT

    def do_GET(self):
        path = self.path.partition("?")[0]
        _, mode, name = (path.split("/", 2) + ["", ""])[:3]
        count = self.count(mode)
        shown = {k: v for k, v in self.headers.items()
                 if k.lower() in ("range", "authorization", "host", "x-aws-ec2-metadata-token", "x-amz-request-payer")}
        self.tell(self.command, self.path, shown)
        file = os.path.join(directory, os.path.basename(name))
        body = open(file, "rb").read() if os.path.isfile(file) else b""
        tag = f'"{len(body):x}"'
        getattr(self, "mode_" + mode.replace("-", "_"), self.mode_plain)(body, tag, count, name)

    def serve(self, body, tag, cut=None, ranges=True):
        """The body, or the part that is asked for; with `cut` the connection ends after so many bytes."""
        asked = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")) if ranges else None
        if asked and self.headers.get("If-Match", tag) == tag and self.headers.get("If-Range", tag) == tag:
            start, end = int(asked[1]), int(asked[2]) + 1 if asked[2] else len(body)
            end = min(end, len(body))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(body)}")
        else:
            start, end = 0, len(body)
            self.send_response(200)
        self.send_header("Content-Length", str(end - start))
        self.send_header("ETag", tag)
        self.end_headers()
        part = body[start:end]
        try:
            self.wfile.write(part if cut is None else part[:cut])
        except OSError:
            pass
        if cut is not None and cut < len(part):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def mode_plain(self, body, tag, count, name):
        if not body:
            return self.error(404, "NoSuchKey")
        self.serve(body, tag)

    def mode_cut(self, body, tag, count, name):
        self.serve(body, tag, cut=10_000_000)

    def mode_cutweak(self, body, tag, count, name):
        self.serve(body, "W/" + tag, cut=None if count > 2 else 1_000_000, ranges=False)

    def mode_weakcut(self, body, tag, count, name):
        self.serve(body, "W/" + tag, cut=1_000_000)

    def mode_replaced(self, body, tag, count, name):
        self.serve(body, tag, cut=10_000) if count == 1 else self.serve(body[:5_000], '"other"', cut=10_000)

    def mode_longer(self, body, tag, count, name):
        self.serve(body if count == 1 else body + body, "W/" + tag, cut=10_000 if count == 1 else None)

    def mode_sink(self, body, tag, count, name):
        self.answer(200, ETag='"e"')

    def mode_late(self, body, tag, count, name):
        """Answers when the test says so: the file NAME.answer."""
        end = time.monotonic() + 300
        while not os.path.exists(os.path.join(directory, os.path.basename(name) + ".answer")) and time.monotonic() < end:
            time.sleep(0.02)
        self.answer(200, ETag='"e"')

    def mode_elsewhere(self, body, tag, count, name):
        port, _, rest = name.partition("/")
        self.answer(302, Location=f"http://127.0.0.1:{port}/plain/{rest}")

    def mode_storm(self, body, tag, count, name):
        if count % 4 != 0:
            return self.error(503, "SlowDown", **({"Retry_After": "0"} if count % 2 else {}))
        self.serve(body, tag)

    def mode_down(self, body, tag, count, name):
        self.error(503, "SlowDown", Retry_After="0")

    def mode_hang(self, body, tag, count, name):
        time.sleep(300)

    def mode_short(self, body, tag, count, name):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + 1000))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def mode_slow(self, body, tag, count, name):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(0.2)
        except OSError:
            pass

    def mode_chunked(self, body, tag, count, name):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(body), 1000):
            part = body[start:start + 1000]
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def mode_redirect(self, body, tag, count, name):
        self.answer(302, Location=f"/plain/{name}")

    def mode_loop(self, body, tag, count, name):
        self.answer(302, Location=f"/loop/{name}")

    def mode_down_to_http(self, body, tag, count, name):
        self.answer(302, Location=f"http://localhost/plain/{name}")

    def mode_changes(self, body, tag, count, name):
        if self.headers.get("If-Match") or self.headers.get("Range"):
            return self.error(412, "PreconditionFailed")
        self.serve(body, tag, cut=1000)

    def mode_checksum(self, body, tag, count, name):
        self.answer(200, body, ETag=tag, x_amz_checksum_crc32="AAAAAA==")

    def mode_region(self, body, tag, count, name):
        if "/eu-west-3/" not in self.headers.get("Authorization", ""):
            return self.error(301, "PermanentRedirect", x_amz_bucket_region="eu-west-3")
        self.serve(body, tag)

    def mode_malformed(self, body, tag, count, name):
        if "/ap-south-1/" not in self.headers.get("Authorization", ""):
            text = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>ap-south-1</Region></Error>"
            return self.answer(400, text.encode())
        self.serve(body, tag)

    def mode_skewed(self, body, tag, count, name):
        if count == 1:
            return self.error(403, "RequestTimeTooSkewed", Date=email.utils.formatdate(time.time() + 7200, usegmt=True))
        self.serve(body, tag)

    def mode_expired(self, body, tag, count, name):
        if "ASIAFRESH" not in self.headers.get("Authorization", ""):
            return self.error(400, "ExpiredToken")
        self.serve(body, tag)

    def mode_credentials(self, body, tag, count, name):
        if self.headers.get("Authorization") != "Bearer tokentext":
            return self.error(403, "no")
        key = "ASIASTALE" if count == 1 else "ASIAFRESH"
        text = f'{{"AccessKeyId":"{key}","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}}'
        self.answer(200, text.encode())

    def mode_latest(self, body, tag, count, name):
        if name == "api/token":
            return self.answer(200 if self.command == "PUT" else 405, b"imdstoken")
        if self.headers.get("X-aws-ec2-metadata-token") != "imdstoken":
            return self.answer(401)
        if name.endswith("/security-credentials/"):
            return self.answer(200, b"role")
        self.answer(200, b'{"AccessKeyId":"ASIAIMDS","SecretAccessKey":"s","Token":"t"}')

    def mode_flaky(self, body, tag, count, name):
        """As `latest`, but for the first request."""
        self.answer(503) if count == 1 else self.mode_latest(body, tag, count, name.removeprefix("latest/"))

    def mode_okbuterror(self, body, tag, count, name):
        if self.command == "POST" and "uploads" in self.path:
            return self.answer(200, b"<R><UploadId>u</UploadId></R>")
        if self.command == "POST":
            return self.error(200, "InternalError") if count < 6 else self.error(200, "AccessDenied")
        self.answer(200, ETag='"e"')

    def mode_forbidden(self, body, tag, count, name):
        self.error(403, "AccessDenied")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)


def watch(parent):
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


threading.Thread(target=watch, args=(os.getppid(),), daemon=True).start()
server.serve_forever()
