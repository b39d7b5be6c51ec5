"""Ends in the middle of its first file."""

import sys

sys.stdin.buffer.readline()
sys.stdout.buffer.write(
    b'{"name": "x.pdf", "media": "application/pdf", "in_words": "", "size": 99}\n%PDF'
)
