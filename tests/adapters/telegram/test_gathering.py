"""What comes one by one is taken together with what came meanwhile."""

import asyncio

import pytest

from bot.adapters.telegram.gathering import Gathering


async def test_what_comes_while_others_are_taken_is_taken_next_together() -> None:
    taken, goes_on = list[list[int]](), asyncio.Event()

    async def take(numbers: list[int]) -> None:
        taken.append(numbers)
        await goes_on.wait()

    gathering = Gathering(take)
    first = asyncio.create_task(gathering.take([1]))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(gathering.take([number])) for number in (2, 3, 4)]
    await asyncio.sleep(0.01)
    assert taken == [[1]] and not first.done()
    others[1].cancel()
    goes_on.set()
    await asyncio.gather(first, *others, return_exceptions=True)
    await gathering.take([5])
    assert taken == [[1], [2, 3, 4], [5]]


async def test_whoever_is_taken_together_hears_of_a_failure_and_the_next_do_not() -> None:
    async def take(numbers: list[int]) -> None:
        if 2 in numbers:
            raise ZeroDivisionError

    gathering = Gathering(take)
    found = await asyncio.gather(
        *(gathering.take([number]) for number in (1, 2)), return_exceptions=True
    )
    assert [type(each) for each in found] == [ZeroDivisionError] * 2
    await gathering.take([3])
    with pytest.raises(ZeroDivisionError):
        await gathering.take([2])
