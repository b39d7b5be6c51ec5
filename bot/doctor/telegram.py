"""Checks of the token, the way to Telegram, and who fetches the updates."""

from datetime import timedelta
from typing import Final

from bot.doctor.facts import Facts
from bot.doctor.finding import NO_TOKEN, Finding, fail, ok, refused, warn
from bot.refusal import Refusal
from bot.settings import read_health, read_webhook

LONGEST_SILENCE: Final = timedelta(minutes=2)  # a sign of life comes every minute
NO_ANSWER: Final = "not known: Telegram did not answer"


def token(facts: Facts) -> Finding:
    """Look for a token that Telegram accepts."""
    if facts.token_problem:
        return refused(Refusal(facts.token_problem))
    if not facts.has_token:
        do = "set TELEGRAM_BOT_TOKEN_FILE, unless the terminal is meant"
        return warn("none is set: `cordcall run` starts the terminal", do)
    if facts.asked and facts.asked.token_refused:
        return fail("Telegram refuses it", "set the token that BotFather gives")
    return ok("is set")


def api(facts: Facts) -> Finding:
    """Look whether the Bot API can be reached."""
    if facts.asked is None:
        return ok(NO_TOKEN)
    if facts.asked.problem:
        do = "open https to it, see `docs/operations.md`, Behind a hospital firewall"
        return fail(f"no answer: {facts.asked.problem}", do)
    return ok("can be reached")


def updates(facts: Facts) -> Finding:
    """Look whether Telegram sends updates where the settings say."""
    asked, wanted = facts.asked, facts.settings.webhook_url
    if asked is None:
        return ok(NO_TOKEN)
    try:
        read_webhook(facts.settings)
        read_health(facts.settings)
    except Refusal as error:
        return refused(error)
    if asked.problem or asked.token_refused:
        return ok(NO_ANSWER)
    if asked.webhook != (wanted or ""):
        if not wanted:
            return warn(
                "a webhook is set, but the settings say to poll",
                "start the bot: it removes the webhook; or find out who set it",
            )
        return warn("the webhook is not the one in the settings", "start the bot: it sets its own")
    how = "by webhook" if wanted else "by polling"
    if wanted and asked.last_error and asked.waiting:
        do = "make CORDCALL_WEBHOOK_URL reachable from outside"
        return warn(f"Telegram cannot post to the webhook: {asked.last_error}", do)
    waiting = f", {asked.waiting} waiting" if asked.waiting else ""
    return ok(f"{how}{waiting}")


def bot(facts: Facts) -> Finding:
    """Look whether one bot, and only one, is at work.

    Whether a second one polls elsewhere shows only in that ours is not heard: to ask for updates
    would take them away from it.
    """
    if not facts.running:
        said = "none is running on this database"
        do = "start it: `cordcall run`; nobody is answered or reminded meanwhile"
        return warn(said, do) if facts.has_token else ok(said)
    alone = facts.running == 1
    running = "one is running" if alone else f"{facts.running} are running"
    polled_at = facts.looked.polled_at if facts.looked else None
    if polled_at and facts.now - polled_at > LONGEST_SILENCE:
        minutes = int((facts.now - polled_at).total_seconds() // 60)
        do = "look into its log; stop any other bot that has this token"
        return warn(
            f"{running}, but {'has' if alone else 'have'} heard nothing from Telegram for "
            f"{minutes} min",
            do,
        )
    return ok(f"{running} on this database")
