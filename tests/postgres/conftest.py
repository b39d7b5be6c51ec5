"""The databases of PostgreSQL that these tests use."""

from tests.postgres.fixtures import _emptied, postgres_empty, postgres_server, postgres_url

__all__ = ["_emptied", "postgres_empty", "postgres_server", "postgres_url"]
