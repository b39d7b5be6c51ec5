"""Finds, claims and queues what is due: reminders, hand-overs, questions, unconfirmed lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.commands.readable import find_readable
from bot.commands.takeover import codes_left
from bot.conversation.engine import Engine
from bot.conversation.reminders import MRI, changed_at, clock_of, is_wanted, wanted
from bot.incoming import TERMINAL, Command, Incoming
from bot.screens.draw import draw
from bot.screens.out_of_use import draw_deadline
from bot.screens.reminder import DONE, draw_reminder
from bot.screens.summary import summarise
from bot.service.asking import bring_back, claim_question, next_question
from bot.service.group_people import acted_lately
from bot.service.group_reminding import repeat_alarm, repeats_alarm, tell_group, tells_group
from bot.service.handing_over import (
    Due,
    claim_hand_over,
    next_of_hand_over,
    remind_of_hand_over,
)
from bot.service.service import Service
from bot.service.unconfirmed import claim_unconfirmed, next_unconfirmed, remind_of_line
from state.groups import is_group
from state.read_lines import ReadLine
from state.records import Place, Priority, Queued, Reminder, StoredCase
from state.requests import Request
from state.store import StoreError

REMINDED_FOR: Final = timedelta(days=4)
HOURS_AHEAD: Final = timedelta(hours=3)

Claimed = Reminder | Due | Request | ReadLine


@dataclass(frozen=True, slots=True)
class Reminding:
    """The reminders of open cases: what is due is claimed, then queued if it is still needed.

    Where a chat may be chosen, `only` is the one meant, and `besides` the one left out.
    """

    service: Service

    def next_due(self, *, only: str | None = None, besides: str = "") -> datetime | None:
        """Return when the next reminder is due, or the next question comes back."""
        found = self.service.store.reminders.first(only=only, besides=besides)
        line = next_unconfirmed(self.service, only=only, besides=besides)
        due = [each for each in (found.due_at if found else None, line) if each]
        if not only:
            due += filter(None, (next_of_hand_over(self.service), next_question(self.service)))
        return min(due, default=None)

    def owner_next(self, *, besides: str = "") -> str | None:
        """Return who owns the group's case that is due next, and has not acted there lately.

        They may have left the group without a word.
        """
        store, now = self.service.store, self.service.clock()
        first = store.reminders.first(besides=besides)
        case = find_readable(store, first.code) if first and first.due_at <= now else None
        if case is None or not self.service.access.shares(case.owner, case):
            return None
        acted = acted_lately(store, case.chat, case.owner, now)
        return None if acted else case.owner

    def claim(self, *, only: str | None = None, besides: str = "") -> Claimed | None:
        """Claim what is due next, in the current transaction."""
        reminder = self._claim(only=only, besides=besides) or claim_unconfirmed(
            self.service, only=only, besides=besides
        )
        if reminder or only:
            return reminder
        return claim_hand_over(self.service) or claim_question(self.service)

    def _claim(self, *, only: str | None, besides: str) -> Reminder | None:
        """Claim what is due for the next case.

        Of several about one clock only the newest is sent: after an absence one is enough. Those of
        a case whose owner has no access are dropped; they are set again for whoever takes the case
        over. One of a case that cannot be read is claimed, so that it holds up no other.
        """
        now, store = self.service.clock(), self.service.store
        while True:
            first = store.reminders.first(only=only, besides=besides)
            if first is None or first.due_at > now:
                return None
            try:
                case = store.cases.find(first.code)
            except StoreError:
                raise
            except Exception:
                return store.reminders.claim(first.code, now)
            if case is None or self.service.access.is_seen(case):
                return store.reminders.claim(first.code, now, clock_of(first.kind))
            store.reminders.set(first.code, ())

    def release(self) -> None:
        """Set again what was sent while the clock was hours ahead, in the current transaction.

        A clock that steps back less gives nothing twice.
        """
        now = self.service.clock()
        self.service.store.reminders.release(now, now + HOURS_AHEAD)

    def remind(self, reminder: Claimed, *, again: bool = False) -> tuple[str, ...]:
        """Queue what was claimed, in the current transaction; return the chats it goes to.

        The group of the case is told of a deadline as well, but not `again`.

        Nowhere if its owner has no access, or the case no longer needs it: then it is forgotten, so
        that it is set again if what was noted is taken back. While CordCall is out of use, the
        deadline alone is named, and not vouched for.
        """
        if isinstance(reminder, Due):
            return remind_of_hand_over(self.service, reminder)
        if isinstance(reminder, Request):
            return bring_back(self.service, reminder)
        if isinstance(reminder, ReadLine):
            return remind_of_line(self.service, reminder)
        case = self.service.store.cases.find(reminder.code)
        if case is None or not self.service.access.is_seen(case):
            return ()
        if why := self.service.out_of_use:
            return (self._name_deadline(case, reminder, why),)
        desk = self.service.access.desk(case)
        turn = self.service.begin(Incoming(desk, case.owner, Command("remind")), case)
        view = turn.view(case)
        if not is_wanted(reminder, case, view.standing, turn.now):
            self.service.store.reminders.forget(reminder.id)
            return ()
        if repeats_alarm(reminder):
            self.service.send(repeat_alarm(turn, case), Priority.ANSWER, reminder=reminder.id)
            return (case.chat,)
        if desk == case.chat and is_group(desk):
            self.service.send(tell_group(turn, case, reminder), Priority.REMINDER)
            return (desk,)
        alone = turn.active_code != case.code
        turn.screens.append(draw_reminder(view, reminder, alone=alone))
        if not alone:
            turn.screens += draw(self.service.setting.engine.here(case, turn.now), view, below=True)
        self.service.send(turn, Priority.REMINDER, reminder=reminder.id)
        claimed = self.service.store.reminders.together(reminder.id)
        told = [each for each in claimed if tells_group(each, case)]
        if again or not told:
            return (desk,)
        self.service.send(tell_group(turn, case, told[-1]), Priority.REMINDER)
        return desk, case.chat

    def _name_deadline(self, case: StoredCase, reminder: Reminder, why: str) -> str:
        setting, desk = self.service.setting, self.service.access.desk(case)
        turn = self.service.begin(Incoming(desk, case.owner, Command("remind")))
        turn.screens.append(draw_deadline(setting.call, why, reminder, setting.engine.zone))
        self.service.send(turn, Priority.REMINDER)
        return desk

    def may_start(self, row: Queued) -> bool:
        """Return whether what was queued may be shown as it is.

        What nobody waits for is dropped if its case was closed meanwhile, and a reminder if its
        case has changed; if it is still needed, it is drawn and queued anew. If that fails it is
        shown as it is.
        """
        store = self.service.store
        if row.priority is not Priority.REMINDER or row.code is None or row.token is None:
            return True
        if store.buttons.is_current(row.token, row.chat):
            return True
        try:
            case = store.cases.find(row.code)
            reminder = store.reminders.find(row.reminder) if row.reminder else None
            if case and case.status != "closed" and reminder is None:
                return True
            with store.turn():
                store.outbox.sent([row.id])
                if reminder and self._is_done_since(row.code, row.token):
                    store.reminders.forget(reminder.id)
                elif reminder:
                    self.remind(reminder, again=True)
        except StoreError:
            raise
        except Exception:
            return True
        return False

    def _is_done_since(self, code: str, token: str) -> bool:
        """Return whether an MRI that was still to be done when buttons were made is done now."""
        store = self.service.store
        case, minted = store.cases.find(code), store.buttons.find(token)
        asked = minted is not None and any(does == DONE[MRI] for does, _ in minted.actions)
        if case is None or not asked:
            return False
        standing = self.service.setting.engine.stand(case, self.service.clock())
        return standing.assessment.case.mri_done

    def codes(self, chat: str) -> list[str]:
        """Name a chat's cases that may still need reminders: those touched in recent days."""
        since = self.service.clock() - REMINDED_FOR
        return self.service.store.cases.codes_to_remind(since, chat)

    def codes_after(self, place: Place, most: int) -> tuple[list[str], Place | None]:
        """Name the next of all but the terminal's, and where the ones after them begin."""
        since = self.service.clock() - REMINDED_FOR
        page = self.service.store.cases.open_after(place, most)
        recent = [each for each in page if each.touched_at >= since]
        codes = [each.code for each in recent if each.reachable and each.chat != TERMINAL]
        return codes, page[-1].place if len(recent) == most else None

    def count_without_access(self) -> int:
        """Count the cases whose owner may have none, as /takeover lists them."""
        return len(codes_left(self.service.store, self.service.access))

    def renew(self, codes: Iterable[str]) -> tuple[Exception, ...]:
        """Recompute the reminders of open cases, in the current transaction.

        Returns the errors of single cases, which are left as they are. So is a case whose owner
        has no access, and every case while CordCall is out of use.
        """
        failed = list[Exception]()
        if self.service.out_of_use:
            return ()
        store, engine = self.service.store, self.service.setting.engine.forgetful()
        for code in codes:
            try:
                with store.part():
                    case = store.cases.find(code)
                    if case and self.service.access.is_seen(case):
                        self._renew_one(engine, case)
            except StoreError:
                raise
            except Exception as error:
                failed.append(error)
        return tuple(failed)

    def _renew_one(self, engine: Engine, case: StoredCase) -> None:
        """Set the reminders of a case under the current rules, and what boards say of it.

        They count from the last change of the case, so that a restart moves nothing.
        """
        now = self.service.clock()
        standing = engine.stand(case, now)
        group = self.service.store.groups.find(case.chat)
        found = wanted(case, standing, changed_at(case), group)
        self.service.store.reminders.set(case.code, found, renewed_at=now)
        self.service.store.boards.sum_up(summarise(case, standing))
