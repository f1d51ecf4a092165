"""RecordIO, the framing of Pipe mode: https://mxnet.apache.org/versions/1.9.1/api/architecture/note_data_loading

    4 bytes   magic 0xCED7230A, little endian
    4 bytes   the upper 3 bits: 0 a whole record, 1 the first part, 2 a middle one, 3 the last;
              the lower 29 bits: the length of the payload
    payload   padded with zeros to a multiple of 4
"""

import struct
from typing import BinaryIO, Dict, Iterator, Optional, Sequence

MAGIC = 0xCED7230A
_HEADER = struct.Struct("<II")
_LENGTH = (1 << 29) - 1


class RecordIOError(ValueError):
    """The stream is no RecordIO, or ends in the middle of a record."""


def frame(payload: bytes) -> bytes:
    """Returns the payload as one whole record.

    Raises:
        ValueError: the payload is longer than 2^29 - 1 bytes.
    """
    if len(payload) > _LENGTH:
        raise ValueError("a record of %d bytes is too long, at most %d fit" % (len(payload), _LENGTH))
    return _HEADER.pack(MAGIC, len(payload)) + payload + b"\0" * (-len(payload) % 4)


def read_records(stream: BinaryIO) -> Iterator[bytes]:
    """Yields the payload of each record up to the end of the stream; parts are put together.

    Raises:
        RecordIOError: where, what was found, what was expected.
    """
    place = number = 0
    parts: Optional[bytes] = None
    while True:
        header = _read(stream, _HEADER.size)
        if not header and parts is None:
            return
        where = "record %d at byte %d" % (number, place)
        if len(header) < _HEADER.size:
            raise RecordIOError("%s: the stream ends after %d of 8 bytes of its header" % (where, len(header)))
        magic, word = _HEADER.unpack(header)
        if magic != MAGIC:
            message = "%s begins with 0x%08X, expected 0x%08X; is the channel's RecordWrapperType RecordIO?"
            raise RecordIOError(message % (where, magic, MAGIC))
        kind, length = word >> 29, word & _LENGTH
        padded = length + -length % 4
        body = _read(stream, padded)
        if len(body) < padded:
            raise RecordIOError("%s: the stream ends after %d of %d bytes" % (where, len(body), padded))
        if kind > 3 or (kind in (2, 3)) != (parts is not None):
            raise RecordIOError("%s: part %d does not follow what was before it" % (where, kind))
        place += _HEADER.size + padded
        payload = body[:length]
        if kind in (2, 3) and parts is not None:
            # Where a record is divided, the writer left out the four bytes of the magic that stood there.
            payload = parts + struct.pack("<I", MAGIC) + payload
        if kind in (0, 3):
            parts = None
            number += 1
            yield payload
        else:
            parts = payload


def read_samples(stream: BinaryIO, attributes: Sequence[str]) -> Iterator[Dict[str, bytes]]:
    """Yields the samples of an augmented manifest: a record for each attribute, in the order of AttributeNames.

    Raises:
        RecordIOError: the stream ends within a sample, or `read_records` says so.
        ValueError: no attribute is given.
    """
    if not attributes:
        raise ValueError("the attributes of the augmented manifest are needed, in the order of AttributeNames")
    sample: Dict[str, bytes] = {}
    for record in read_records(stream):
        sample[attributes[len(sample)]] = record
        if len(sample) == len(attributes):
            yield sample
            sample = {}
    if sample:
        missing = ", ".join(attributes[len(sample):])
        raise RecordIOError("the stream ends within a sample: %s not there" % missing)


def _read(stream: BinaryIO, count: int) -> bytes:
    """Reads as many bytes as asked, or those up to the end: a pipe gives what it has."""
    chunks = []
    while count > 0:
        chunk = stream.read(count)
        if not chunk:
            break
        chunks.append(chunk)
        count -= len(chunk)
    return b"".join(chunks)
