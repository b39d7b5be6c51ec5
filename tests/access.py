"""Who may use a service, as a test sets it."""

from bot.access import Access, Right


def only(*people: str) -> Access:
    """These people may use it, as owners; nobody else."""
    return Access(owners=frozenset(people))


def open_to_all(*owners: str) -> Access:
    """Everybody may use it, and these are its owners."""
    return Access(owners=frozenset(owners), everybody=Right.CLINICIAN)
