"""The lists of objects that a store gives on a bad day, for hostile.py: a bucket's name says how they are.

The keys are those of the file `keys`, an array of JSON; BAD stands for a byte that is no UTF-8. Every object is one byte,
unless its key ends with a slash or with `.empty`.
"""
import json, os, re, socket, threading, time, urllib.parse


class Pages:
    eight = threading.Barrier(8)

    def keys(self):
        with open(os.path.join(self.directory, "keys"), encoding="utf-8") as file:
            return [key.replace("BAD", "\udcff") for key in json.load(file)]

    def page(self, keys, token=None, truncated=None, size=None, end=True, cut=0, encoded=True):
        def text(key):
            return urllib.parse.quote_plus(key.encode("utf-8", "surrogateescape"), safe="/") if encoded else \
                key.replace("&", "&amp;").replace("<", "&lt;")

        found = "".join(
            f"<Contents><Key>{text(key)}</Key><Owner><ID>x</ID></Owner><Size>{self.size(key) if size is None else size}"
            "</Size></Contents>" for key in keys)
        more = "true" if (token is not None if truncated is None else truncated) else "false"
        body = '<?xml version="1.0"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>' \
            f"<IsTruncated>{more}</IsTruncated>{found}"
        if encoded:
            body += "<EncodingType>url</EncodingType>"
        if token is not None:
            body += f"<NextContinuationToken>{token}</NextContinuationToken>"
        body = (body + ("</ListBucketResult>" if end else "")).encode()
        if not cut:
            return self.answer(200, body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def size(key):
        return 0 if key.endswith(("/", ".empty")) else 1

    @property
    def token(self):
        found = re.search(r"[?&]continuation-token=([^&]*)", self.path)
        return urllib.parse.unquote(found[1]) if found else ""

    @property
    def lists(self):
        return "list-type=2" in self.path

    def one(self, body=b"x"):
        self.answer(200, body, ETag='"x"')

    def mode_list_keys(self, body, tag, count, name):
        self.page(self.keys()) if self.lists else self.one(b"7" if name.endswith(".csv") else b"x")

    def mode_list_plain(self, body, tag, count, name):
        self.page(self.keys(), encoded=False) if self.lists else self.one()

    def mode_list_pages(self, body, tag, count, name):
        """Three pages; one is cut, one ends early, one is an error first."""
        if not self.lists:
            return self.one()
        seen = self.count("list" + self.token)
        if self.token == "":
            return self.error(200, "InternalError") if seen == 1 else self.page(["p/1", "p/2"], "a+/=b")
        if self.token == "a+/=b":
            return self.page(["p/3", "p/4"], "c", cut=120 if seen == 1 else 0)
        self.page(["p/5"], end=seen > 1)

    def mode_list_same(self, body, tag, count, name):
        self.page([f"p/{count}"], "same") if self.lists else self.one()

    def mode_list_round(self, body, tag, count, name):
        self.page(["p/" + (self.token or "b")], "b" if self.token == "a" else "a") if self.lists else self.one()

    def mode_list_empty(self, body, tag, count, name):
        self.page([], f"t{count}")

    def mode_list_lost(self, body, tag, count, name):
        self.page(["p/1"], truncated=True) if self.lists else self.one()

    def mode_list_down(self, body, tag, count, name):
        self.page(["p/1"], cut=50) if self.lists else self.one()

    def mode_list_denied(self, body, tag, count, name):
        self.error(200, "AccessDenied")

    def mode_list_huge(self, body, tag, count, name):
        self.answer(200, b"<ListBucketResult>" + b" " * (17 << 20) + b"</ListBucketResult>")

    def mode_list_longer(self, body, tag, count, name):
        self.page(["p/1"]) if self.lists else self.one(b"xx")

    def mode_list_shorter(self, body, tag, count, name):
        self.page(["p/1"], size=2) if self.lists else self.one()

    def mode_list_large(self, body, tag, count, name):
        self.page(["p/1", "p/2"], size=1 << 62) if self.lists else self.one()

    def mode_list_checksum(self, body, tag, count, name):
        self.page(["p/1"]) if self.lists else self.answer(200, b"x", ETag='"x"', x_amz_checksum_crc32="AAAAAA==")

    def mode_list_cut(self, body, tag, count, name):
        if self.lists:
            return self.page(["p/big.bin"], size=os.path.getsize(os.path.join(self.directory, "big.bin")))
        self.serve(body, tag, cut=10_000_000)

    def mode_list_one_missing(self, body, tag, count, name):
        if self.lists:
            return self.page([f"p/{number}" for number in range(40)])
        self.error(404, "NoSuchKey") if name == "p/20" else self.one()

    def mode_list_slow(self, body, tag, count, name):
        if self.lists:
            return self.page([f"p/{number}" for number in range(40)], size=100)
        self.mode_slow(b"x" * 100, tag, count, name)

    def mode_list_held(self, body, tag, count, name):
        """Eight objects that take as many connections for a while, and a second page."""
        if self.lists:
            return self.page(["p/last"]) if self.token else self.page([f"p/{number}" for number in range(8)], "second")
        if name != "p/last":
            # All eight are there before any of them is answered.
            try:
                self.eight.wait(60)
            except threading.BrokenBarrierError:
                pass
        self.one()

    def mode_list_storm(self, body, tag, count, name):
        if self.count("storm " + self.path) < 3:
            return self.error(503, "SlowDown", Retry_After="0")
        self.page(self.keys()) if self.lists else self.one()

    def mode_list_many(self, body, tag, count, name):
        """A million keys or how many there shall be, a thousand a page."""
        first, most = int(self.token or 0), int(os.environ.get("KEYS", "1000000"))
        keys = [f"p/{number // 1000:04}/{'n' * 200}-{number:07}.empty" for number in range(first, min(first + 1000, most))]
        self.page(keys, str(first + 1000) if first + 1000 < most else None)
