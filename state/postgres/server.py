"""What a worker needs of a server, as it is there."""

from dataclasses import dataclass
from time import time
from typing import Any, Final

from state.postgres.link import Link
from state.postgres.opening import PRESENT
from state.postgres.schema import tables

ASKED: Final = f"""
    SELECT split_part(current_setting('server_version'), ' ', 1), pg_is_in_recovery(),
        (SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_read_only') = 'on',
        coalesce(inet_server_addr() = inet_client_addr(), true),
        coalesce((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()), ''),
        current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on',
        current_setting('synchronous_standby_names') <> '',
        (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'),
        (SELECT count(*) FROM pg_stat_replication),
        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
            AND classid = {PRESENT}
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
        extract(epoch FROM clock_timestamp())::float8
"""
LEFT: Final = """
    WITH there AS (SELECT * FROM pg_stat_activity WHERE datid IS NOT NULL AND usesysid IS NOT NULL)
    SELECT least(
        current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true), '0')::int
            - (SELECT count(*) FROM there),
        (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
            - (SELECT count(*) FROM there WHERE datname = current_database()),
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user)
            - (SELECT count(*) FROM there WHERE usename = current_user)
    )
"""
RIGHTS: Final = """
    SELECT coalesce(bool_and(has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid,
            'INSERT') AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')
        ), has_schema_privilege(current_schema(), 'CREATE')),
        coalesce(bool_and(pg_has_role(relowner, 'USAGE')), true),
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
    FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
    AND relname IN (%s)
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server as a worker sees it.

    `is_standby` if it follows another one, `is_read_only` if it is told to take no changes. It
    `is_here` if it is on this machine; `tls` is the version of TLS between, "" for none, and
    `is_checked` whether its certificate is. `is_durable` if what was on its disk outlasts a power
    cut; `has_replicas` if it is set to wait for some, `commits` how (`synchronous_commit`), and
    `replicas` counts those that are connected.
    `seconds_ahead` is how far its clock is ahead of this machine's, `left` how many more
    connections it takes. Its user may do what a worker does (`may_write`), and `owns` all.
    """

    version: str
    is_standby: bool
    is_read_only: bool
    is_here: bool
    tls: str
    is_durable: bool
    has_replicas: bool
    commits: str
    replicas: int
    workers: int
    seconds_ahead: float
    is_checked: bool
    left: int
    may_write: bool
    owns: bool
    is_superuser: bool


def examine(link: Link) -> Server:
    """Ask a server, and for the rights of its user in the schema that is used."""
    before = time()
    *found, now = link.run(ASKED).fetchall()[0]
    ahead = now - (before + time()) / 2
    is_checked = link.option("sslmode") in ("verify-ca", "verify-full")
    (left,) = link.run(LEFT).fetchall()[0]
    names = ", ".join(f"'{each}'" for each in tables())
    rights = link.run(RIGHTS % names).fetchall()[0]
    values: tuple[Any, ...] = (*found, ahead, is_checked, left, *rights)
    return Server(*values)
