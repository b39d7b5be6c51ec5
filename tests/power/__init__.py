"""Power cuts: what a disk has kept at any moment is enough for whatever was shown before it."""
