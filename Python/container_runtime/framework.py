"""Calls a framework's function as `train` does: `python3 -m container_runtime.framework module:function`."""

import sys

from container_runtime import _bridge

if __name__ == "__main__":
    _bridge.set_user_code_aside()
    _bridge.main(sys.argv[1:])
