"""How long to wait before what failed is tried again, in seconds: doubled each time."""

from typing import Final

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
