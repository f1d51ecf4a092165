#!/usr/bin/env python3
"""Puts the text of container_runtime/_bridge.py into the Swift file that the runtime carries it in.

usage: embed_bridge.py [--check]

With --check nothing is written, and the exit status is 1 where the two differ.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BRIDGE = HERE / "container_runtime" / "_bridge.py"
SWIFT = HERE.parent / "Sources" / "ContainerRuntime" / "Launch" / "FrameworkBridge+Source.swift"
OPENING, CLOSING = '##"""\n', '\n        """##'


def embed(swift: str, bridge: str) -> str:
    """Returns the Swift text with the bridge between the delimiters of its string."""
    if '"""##' in bridge:
        raise SystemExit('the bridge holds """##, which ends the string')
    before, rest = swift.split(OPENING, 1)
    after = rest.split(CLOSING, 1)[1]
    lines = ["        " + line if line else "" for line in bridge.rstrip("\n").split("\n")]
    return before + OPENING + "\n".join(lines) + "\n" + CLOSING + after


def main() -> int:
    """Writes the Swift file, or compares."""
    old = SWIFT.read_text(encoding="utf-8")
    new = embed(old, BRIDGE.read_text(encoding="utf-8"))
    if "--check" in sys.argv[1:]:
        if old != new:
            print("%s is not what embed_bridge.py makes of %s" % (SWIFT, BRIDGE), file=sys.stderr)
        return int(old != new)
    SWIFT.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
