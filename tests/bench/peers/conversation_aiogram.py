"""The same ten questions in aiogram's finite-state conversation, kept in memory."""

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

QUESTIONS = 10


class Asking(StatesGroup):
    question = State()


dispatcher = Dispatcher(storage=MemoryStorage())


def keyboard(number: int) -> InlineKeyboardMarkup:
    options = [
        InlineKeyboardButton(text=f"Option {n}", callback_data=f"{number}:{n}") for n in range(4)
    ]
    back = [InlineKeyboardButton(text="Back", callback_data=f"{number}:back")]
    return InlineKeyboardMarkup(inline_keyboard=[options[:2], options[2:], back])


@dispatcher.message(CommandStart())
async def start(message: Message, state: FSMContext) -> None:
    await state.set_state(Asking.question)
    await state.set_data({})
    await message.answer("Question 0", reply_markup=keyboard(0))


@dispatcher.callback_query(Asking.question)
async def answer(query: CallbackQuery, state: FSMContext) -> None:
    number = int(str(query.data).partition(":")[0])
    await state.update_data({str(number): query.data})
    await query.answer()
    assert isinstance(query.message, Message)
    await query.message.edit_text(f"Question {number + 1}", reply_markup=keyboard(number + 1))


async def main() -> None:
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(os.environ["TELEGRAM_BOT_TOKEN"], session=AiohttpSession(api=server))
    await dispatcher.start_polling(bot)


asyncio.run(main())
