"""Every source says who wrote it, when where that is known, and where it can be opened."""

from datetime import date

import pytest

from bot.guidance.texts import Source, sources

FIRST_YEAR = 1950
VENDOR = "Dr.Oracle"
NOT_FOUND_OUT = {"not stated", "unknown", ""}


@pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.id)
def test_a_source_has_a_title_an_organisation_and_an_address_of_the_web(source: Source) -> None:
    assert source.title.strip()
    assert source.organisation.strip()
    assert source.year is None or FIRST_YEAR <= source.year <= date.today().year
    assert source.address is None or source.address.startswith(("http://", "https://"))
    assert source.address is None or " " not in source.address


def test_a_source_without_an_address_says_why() -> None:
    bare = [source for source in sources().values() if not source.address and source.id != "CC"]
    assert [
        source.id for source in bare if not source.note and source.organisation != "public code"
    ] == []


def test_a_vendors_page_is_marked_as_one() -> None:
    pages = [source for source in sources().values() if VENDOR in source.organisation]
    assert len(pages) > 10
    assert [
        source.id for source in pages if not (source.note or "").startswith("vendor page")
    ] == []


def test_a_blog_is_marked_as_one() -> None:
    blogs = [
        source
        for source in sources().values()
        if any(host in (source.address or "") for host in ("wordpress.com", "bullet.site"))
    ]
    assert blogs
    assert [source.id for source in blogs if not (source.note or "").startswith("blog")] == []


@pytest.mark.parametrize("number", [n for n in range(201, 233) if n != 207])
def test_the_sources_of_the_second_version_are_listed(number: int) -> None:
    assert f"R{number}" in sources()
