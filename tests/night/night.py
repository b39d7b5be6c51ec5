"""One night from its evening to its verdict."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.logic.urgency import Policy
from tests.adapters.telegram.test_random_conversations import opened
from tests.botapi import BotApi, Clock
from tests.night.accounts import Accounts, account
from tests.night.crowd import MINUTES_EARLIER, Crowd
from tests.night.shown import Shown
from tests.night.trouble import Program, Trouble
from tests.night.ward import OWNER, Ward
from tests.night.watch import Watch
from tests.soak.run import beside

POLICY: Policy = "stepwise"
ZONE = "Europe/London"
TAPS_PER_SECOND = 10.0
CASES_A_NIGHT = 60
HOURS_A_NIGHT = 12
LEAST_CASES = 12
FURTHEST_WEST = 12  # hours from Greenwich
SOON_DUE_MIN = 715  # an emergency has 720
CASES_UNTIL = 0.85
OWNERS_TYPE = (
    ("/handover {code}",),
    ("/handover",),
    ("/resume {code}", "/sendto"),
    ("/resume {code}", "/earlier {earlier} min ago"),
)
SECONDS_BETWEEN_PAUSES = 20.0
SECONDS_TO_END = 60.0
OLDEST_SHOWN = 60.0  # seconds of the clock


@dataclass(frozen=True, slots=True)
class Night:
    """What a night found."""

    ward: Ward
    crowd: Crowd
    watch: Watch
    shown: Shown
    struck: Counter[str]
    accounts: Accounts
    ended: list[int]
    trouble: list[str]


async def night(
    folder: Path, hours: float, speed: float, seed: int, say: Callable[[str], None] = lambda _: None
) -> Night:
    """Let so many hours pass, so many times faster; `say` gets a line at every pause."""
    seconds = hours * 3600 / speed
    cases = max(LEAST_CASES, round(CASES_A_NIGHT * hours / HOURS_A_NIGHT))
    async with BotApi(clock=Clock(speed=speed), record=2_000) as server:
        ward = Ward(server)
        owner = ward.clinicians[OWNER]
        program = Program(
            server, folder,
            CORDCALL_ACCESS="invite",
            CORDCALL_OWNERS=str(owner.id),
            CORDCALL_TIMEZONE=ZONE,
            CORDCALL_POLICY=POLICY,
            CORDCALL_CALL="Coordinator: 4321",
        )  # fmt: skip
        ward.admit(program.database)
        crowd, watch = Crowd(ward, seed, TAPS_PER_SECOND), Watch(ward, program.database)
        trouble = Trouble(ward, crowd, program, seconds, seed)
        engine = Engine(FlowMachine(FLOW), POLICY, ZoneInfo(ZONE))
        shown = Shown(ward, watch, program, engine)
        await program.start()
        try:
            await program.polls()
            await _begin(ward, crowd)
            async with beside(watch.run()):
                striking = asyncio.create_task(trouble.strike())
                beginning = asyncio.create_task(
                    _open_cases(ward, crowd, watch, cases, seconds, seed)
                )
                loop = asyncio.get_running_loop()
                ends = loop.time() + seconds
                async with beside(crowd.tap()):
                    while (left := ends - loop.time()) > 0:
                        await asyncio.sleep(min(left, seconds / 3, SECONDS_BETWEEN_PAUSES))
                        await _pause(ward, crowd, program, shown, speed)
                        say(_progress(crowd, watch, shown, trouble))
                await striking
                await beginning
                await crowd.rest()
                await _all_is_done(server, program)
                with opened(program.database) as store:
                    accounts = account(ward, crowd, watch, program, engine, store)
        finally:
            await program.kill()
        return Night(
            ward, crowd, watch, shown, trouble.struck, accounts, program.ended, program.trouble()
        )


async def _begin(ward: Ward, crowd: Crowd) -> None:
    """Have everybody start the bot, and the owner enrol the groups.

    For one of them it is night, and quiet; in the others two cases are due soon.
    """
    for person in ward.everybody:
        person.phone.types("/start")
    for place in ward.places:
        await crowd.enrols(place)
    owner = ward.clinicians[OWNER]
    for way in ("quiet 20-08", f"zone {_zone_at_night(ward.now)}"):
        crowd.types(ward.owner_in(ward.places[1]), f"/group {way}")
    for place in (ward.places[0], ward.places[2]):
        code = await crowd.raises_alarm(place)
        for typed in (f"/resume {code}", f"/earlier {SOON_DUE_MIN} min ago"):
            crowd.types(owner.phone, typed)


def _zone_at_night(now: float) -> str:
    """Name a zone in which it is between one and two at night."""
    west = (datetime.fromtimestamp(now, UTC).hour - 1) % 24
    return f"Etc/GMT{west if west <= FURTHEST_WEST else west - 24:+d}"


async def _open_cases(
    ward: Ward, crowd: Crowd, watch: Watch, cases: int, seconds: float, seed: int
) -> None:
    """Have cases begun all night, and their owners pass on one of them, or a question of it."""
    chance = random.Random(f"{seed} cases")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(cases):
        await asyncio.sleep(begun + number / cases * CASES_UNTIL * seconds - loop.time())
        await crowd.resting.wait()
        crowd.begin(chance.choice([each for each in ward.places if not each.is_away]), chance)
        code = chance.choice(ward.codes) if ward.codes else ""
        if code and not watch.is_closed(code):
            owner = ward.clinician(watch.cases[code].owners[-1][1])
            for typed in chance.choice(OWNERS_TYPE):
                earlier = chance.randint(*chance.choice(MINUTES_EARLIER))
                crowd.types(owner.phone, typed.format(code=code, earlier=earlier))


async def _pause(ward: Ward, crowd: Crowd, program: Program, shown: Shown, speed: float) -> None:
    """Let everybody rest until what is shown must be as it is, and compare it."""
    await crowd.rest()
    settles_in = program.settled_at - asyncio.get_running_loop().time()
    await asyncio.sleep(max(OLDEST_SHOWN / speed, settles_in))
    shown.compare()
    crowd.resting.set()


async def _all_is_done(server: BotApi, program: Program) -> None:
    """Wait until nothing is left to receive or to send."""
    with opened(program.database) as store:
        async with asyncio.timeout(SECONDS_TO_END):
            while len(server.updates) or store.outbox.queued() or store.inbox.left_taps():
                await asyncio.sleep(0.1)
    await asyncio.sleep(OLDEST_SHOWN / server.clock.speed)


def _progress(crowd: Crowd, watch: Watch, shown: Shown, trouble: Trouble) -> str:
    struck = ", ".join(f"{count} {name}" for name, count in trouble.struck.items())
    return (
        f"{len(crowd.acted)} taps, {len(watch.cases)} cases, {watch.reads} reads,"
        f" {shown.counts['cards']} cards compared; {struck}; {len(watch.amiss)} amiss"
    )
