"""Ends with the code that it is given."""

import sys
import time

# docker-compose 1 loses the code of a container that ends before it listens
time.sleep(8)
sys.exit(int(sys.argv[sys.argv.index("--code") + 1]))
