"""The time line of a case as a picture for a phone.

Start with `time_line.py`; what is said is in `rows.py`, where it stands in `layout.py`.
"""

from bot.export.picture.time_line import alternative, picture

__all__ = ["alternative", "picture"]
