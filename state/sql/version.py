"""What marks a database as ours, and the number of its newest schema."""

from typing import Final

APPLICATION_ID: Final = 0x434F5244  # "CORD" in the file's header
SCHEMA_VERSION: Final = 29
