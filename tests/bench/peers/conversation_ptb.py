"""Ten questions with buttons in python-telegram-bot's ConversationHandler, kept in memory.

CONCURRENT=1 lets it take updates at once, as its users do for speed.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
)

QUESTIONS = 10
Handler = Callable[[Update, ContextTypes.DEFAULT_TYPE], Awaitable[int]]


def keyboard(number: int) -> InlineKeyboardMarkup:
    options = [InlineKeyboardButton(f"Option {n}", callback_data=f"{number}:{n}") for n in range(4)]
    back = [InlineKeyboardButton("Back", callback_data=f"{number}:back")]
    return InlineKeyboardMarkup([options[:2], options[2:], back])


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    assert update.message is not None and context.user_data is not None
    context.user_data.clear()
    await update.message.reply_text("Question 0", reply_markup=keyboard(0))
    return 0


def answer(number: int) -> Handler:
    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        query = update.callback_query
        assert query is not None and context.user_data is not None
        context.user_data[number] = query.data
        await query.answer()
        following = (number + 1) % QUESTIONS
        await query.edit_message_text(f"Question {number + 1}", reply_markup=keyboard(number + 1))
        return following

    return handle


def main() -> None:
    builder = ApplicationBuilder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    builder = builder.base_url(f"{os.environ['TELEGRAM_API_URL']}/bot")
    application = builder.concurrent_updates("CONCURRENT" in os.environ).build()
    states: dict[object, Any] = {n: [CallbackQueryHandler(answer(n))] for n in range(QUESTIONS)}
    entry = [CommandHandler("start", start)]
    application.add_handler(ConversationHandler(entry, states, [], allow_reentry=True))
    application.run_polling()


main()
