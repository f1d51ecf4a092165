"""Trees of the kinds that models are made of, the same in every run."""
import os
import random
import struct
import sys
import sysconfig


def weights(path, megabytes, half):
    """Normal values of standard deviation 0.02, as fp32 or bf16, in files of 64 MB."""
    generator = random.Random(1)
    # Normal values as bf16, and for fp32 random bits below: a normal value a number would take Python minutes.
    pool = [struct.pack("<f", generator.gauss(0, 0.02))[2:] for _ in range(1 << 18)]
    for number in range((megabytes + 63) // 64):
        with open(f"{path}/model-{number:05}.safetensors", "wb") as file:
            for _ in range(min(64, megabytes - 64 * number)):
                high = b"".join(generator.choices(pool, k=(1 << 20) // (2 if half else 4)))
                block = bytearray(high)
                if not half:
                    block = bytearray(1 << 20)
                    block[0::4], block[1::4] = generator.randbytes(1 << 18), generator.randbytes(1 << 18)
                    block[2::4], block[3::4] = high[0::2], high[1::2]
                file.write(block)


def text(path, megabytes):
    """The sources of Python's library, again and again in another order."""
    library = sysconfig.get_path("stdlib")
    found = sorted(os.path.join(where, name) for where, _, names in os.walk(library) for name in names
                   if name.endswith(".py") and "site-packages" not in where)
    generator, number, left = random.Random(2), 0, megabytes << 20
    while left > 0:
        with open(f"{path}/text-{number:03}", "wb") as file:
            while left > 0 and file.tell() < 64 << 20:
                with open(generator.choice(found), "rb") as source:
                    left -= file.write(source.read())
        number += 1


def noise(path, megabytes):
    """Random bytes, as JPEG files are to a compressor."""
    generator = random.Random(3)
    for number in range(megabytes):
        with open(f"{path}/{number:05}.jpg", "wb") as file:
            file.write(generator.randbytes(1 << 20))


def small(path, megabytes):
    """Files of 4 KiB of JSON-like text, 1,000 a directory."""
    generator = random.Random(4)
    for number in range(megabytes * 250):
        if number % 1000 == 0:
            os.mkdir(f"{path}/{number // 1000:03}")
        line = ",".join(f'"{generator.randrange(99999)}": {generator.random():.5f}' for _ in range(64))
        with open(f"{path}/{number // 1000:03}/{number:06}.json", "w") as file:
            file.write((line * 4)[:4096])


def sparse(path, megabytes):
    """One file of 9 GiB that is a hole, but for a MiB at its end."""
    with open(f"{path}/sparse.bin", "wb") as file:
        file.truncate((9 << 30) - (1 << 20))
        file.seek(0, os.SEEK_END)
        file.write(random.Random(5).randbytes(1 << 20))


KINDS = {
    "fp32": lambda path, size: weights(path, size, False),
    "bf16": lambda path, size: weights(path, size, True),
    "text": text,
    "noise": noise,
    "small": small,
    "sparse": sparse,
}

if __name__ == "__main__":
    kind, path, megabytes = sys.argv[1:]
    os.makedirs(path)
    KINDS[kind](path, int(megabytes))
