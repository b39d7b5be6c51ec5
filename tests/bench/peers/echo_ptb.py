"""The least that python-telegram-bot can do for a message: answer it, and keep nothing."""

import os

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None and update.message.text is not None
    await update.message.reply_text(update.message.text)


builder = ApplicationBuilder().token(os.environ["TELEGRAM_BOT_TOKEN"])
application = builder.base_url(f"{os.environ['TELEGRAM_API_URL']}/bot").build()
application.add_handler(MessageHandler(filters.TEXT, echo))
application.run_polling()
