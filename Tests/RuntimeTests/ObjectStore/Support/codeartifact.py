"""AWS CodeArtifact with one repository of one package, for tests. Its only line says its port. The file
WHEEL.requests has a line for each request before it is answered, and LEAK with a process's number where the token is seen
in some process's arguments.

usage: codeartifact.py WHEEL SECRET TOKEN

Signatures are computed here once more, from their description:
https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""
import base64, glob, hashlib, hmac, http.server, json, os, re, sys, urllib.parse

wheel, secret, token = sys.argv[1:]
name = os.path.basename(wheel)
requests = os.open(wheel + ".requests", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def tell(*words):
    os.write(requests, (" ".join(words) + "\n").encode())


def signature(handler, region):
    path, _, query = handler.path.partition("?")
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    canonical_query = "&".join(f"{urllib.parse.quote(k, '-_.~')}={urllib.parse.quote(v, '-_.~')}" for k, v in pairs)
    given = handler.headers.get("Authorization", "")
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/([^/]+)/aws4_request, "
                         r"SignedHeaders=([^,]+), Signature=([0-9a-f]+)", given)
    if not found:
        return "no signature"
    _, date, signed_region, service, names, value = found.groups()
    if (signed_region, service) != (region, "codeartifact") or "host" not in names.split(";"):
        return f"signed for {signed_region}, {service}, {names}"
    headers = "".join(f"{n}:{' '.join(handler.headers[n].split())}\n" for n in names.split(";"))
    body = hashlib.sha256(b"").hexdigest()
    request = "\n".join([handler.command, path, canonical_query, headers, names, body])
    text = "\n".join(["AWS4-HMAC-SHA256", handler.headers["X-Amz-Date"], f"{date}/{region}/{service}/aws4_request",
                      hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return None if key.hex() == value else "the signature is another one"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, **headers):
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def watch(self):
        for file in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                words = open(file, "rb").read()
            except OSError:
                continue
            if token.encode() in words and b"codeartifact.py" not in words:
                tell("LEAK", file)

    def do_GET(self):
        tell(self.command, self.path)
        path, _, query = self.path.partition("?")
        asked = dict(urllib.parse.parse_qsl(query))
        if path.startswith("/v1/"):
            problem = signature(self, "us-west-2")
            if problem or asked.get("domain") == "forbidden":
                return self.answer(403, json.dumps({"message": problem or "not yours"}),
                                   x_amzn_ErrorType="AccessDeniedException:http://internal.amazon.com/coral/")
            if asked.get("domain-owner") != "012345678900":
                return self.answer(404, json.dumps({"message": "no such domain"}))
            if path == "/v1/authorization-token" and self.command == "POST":
                return self.answer(200, json.dumps({"authorizationToken": token, "expiration": 4102444800}))
            if path == "/v1/repository/endpoint" and asked.get("format") == "pypi":
                place = f"http://127.0.0.1:{self.server.server_port}/pypi/{asked['repository']}/"
                return self.answer(200, json.dumps({"repositoryEndpoint": place}))
        self.watch()
        wanted = "Basic " + base64.b64encode(f"aws:{token}".encode()).decode()
        if self.headers.get("Authorization") != wanted:
            return self.answer(401, "", WWW_Authenticate="Basic")
        if path == "/pypi/my_repo/simple/answer/":
            return self.answer(200, f'<a href="../../files/{name}">{name}</a>', Content_Type="text/html")
        if path == f"/pypi/my_repo/files/{name}":
            return self.answer(200, open(wheel, "rb").read(), Content_Type="application/octet-stream")
        self.answer(404, "")

    do_POST = do_HEAD = do_GET


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
