"""Every source says who wrote it, when (if known), and where to find it."""

import pytest

from bot.guidance.texts import Source, sources

FIRST_YEAR, LAST_YEAR = 1950, 2026
VENDOR = "Dr.Oracle"


@pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.id)
def test_a_source_has_a_title_an_organisation_and_an_address_of_the_web(source: Source) -> None:
    assert source.title.strip()
    assert source.organisation.strip()
    assert source.year is None or FIRST_YEAR <= source.year <= LAST_YEAR
    assert source.address is None or source.address.startswith(("http://", "https://"))
    assert source.address is None or " " not in source.address


def test_a_source_without_an_address_says_why() -> None:
    bare = [each for each in sources().values() if not each.address and each.id != "CC"]
    unexplained = [each.id for each in bare if not each.note]
    assert unexplained == ["R85", "R157", "R158", "R161"]  # public code


def test_a_vendors_page_is_marked_as_one() -> None:
    pages = [each for each in sources().values() if VENDOR in each.organisation]
    assert len(pages) > 10
    assert [each.id for each in pages if not (each.note or "").startswith("vendor page")] == []


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
