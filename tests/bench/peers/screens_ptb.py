"""The least that python-telegram-bot can do for a tap: answer it, show a screen, keep nothing."""

import os

from given import SCREENS, Screen, tapped
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler, ContextTypes


def keyboard(screen: Screen) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data) for label, data in row]
         for row in screen.rows]
    )  # fmt: skip


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None and context.args
    screen = SCREENS[int(context.args[0])]
    await update.message.reply_text(screen.html, ParseMode.HTML, reply_markup=keyboard(screen))


async def answer(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    screen = SCREENS[SCREENS[tapped(query.data)[0]].following]
    await query.answer()
    await query.edit_message_text(screen.html, ParseMode.HTML, reply_markup=keyboard(screen))


if __name__ == "__main__":
    builder = ApplicationBuilder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    application = builder.base_url(f"{os.environ['TELEGRAM_API_URL']}/bot").build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(answer))
    application.run_polling()
