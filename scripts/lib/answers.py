"""Succeeds when the address answers with an ordinary page."""

import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1], timeout=60) as answer:
    sys.exit(answer.status != 200)
