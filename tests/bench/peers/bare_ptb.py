"""The least that python-telegram-bot needs to poll: what `cordcall run` is measured against."""

import os

from telegram import Update
from telegram.ext import ApplicationBuilder, CommandHandler, ContextTypes


async def start(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text("Hello")


token = os.environ["TELEGRAM_BOT_TOKEN"]
address = os.environ["TELEGRAM_API_URL"]
application = ApplicationBuilder().token(token).base_url(f"{address}/bot").build()
application.add_handler(CommandHandler("start", start))
application.run_polling()
