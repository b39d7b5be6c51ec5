"""The time line of a case as a picture for a phone; start with `picture.py`."""
