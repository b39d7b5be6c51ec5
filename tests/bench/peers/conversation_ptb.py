"""Screens with buttons in python-telegram-bot's ConversationHandler, kept in memory.

CONCURRENT=1 lets it take updates at once, as its users do for speed.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from given import SCREENS, tapped
from screens_ptb import keyboard
from telegram import Update
from telegram.constants import ParseMode
from telegram.ext import (
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
)

Handler = Callable[[Update, ContextTypes.DEFAULT_TYPE], Awaitable[int]]


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    assert update.message is not None and context.user_data is not None and context.args
    context.user_data.clear()
    number = int(context.args[0])
    shown, markup = SCREENS[number].html, keyboard(SCREENS[number])
    await update.message.reply_text(shown, ParseMode.HTML, reply_markup=markup)
    return number


def answer(number: int) -> Handler:
    following = SCREENS[number].following

    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        query = update.callback_query
        assert query is not None and context.user_data is not None
        context.user_data[number] = tapped(query.data)[1]
        await query.answer()
        shown, markup = SCREENS[following].html, keyboard(SCREENS[following])
        await query.edit_message_text(shown, ParseMode.HTML, reply_markup=markup)
        return following

    return handle


def main() -> None:
    builder = ApplicationBuilder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    builder = builder.base_url(f"{os.environ['TELEGRAM_API_URL']}/bot")
    application = builder.concurrent_updates("CONCURRENT" in os.environ).build()
    states: dict[object, Any] = {
        number: [CallbackQueryHandler(answer(number))] for number in range(len(SCREENS))
    }
    entry = [CommandHandler("start", start)]
    application.add_handler(ConversationHandler(entry, states, [], allow_reentry=True))
    application.run_polling()


main()
