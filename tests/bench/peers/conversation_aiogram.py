"""The same screens in aiogram's finite-state conversation, kept in memory."""

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from given import SCREENS, Screen, tapped


class Asking(StatesGroup):
    question = State()


dispatcher = Dispatcher(storage=MemoryStorage())


def keyboard(screen: Screen) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=label, callback_data=data) for label, data in row]
            for row in screen.rows
        ]
    )


@dispatcher.message(CommandStart())
async def start(message: Message, command: CommandObject, state: FSMContext) -> None:
    await state.set_state(Asking.question)
    await state.set_data({})
    screen = SCREENS[int(command.args or 0)]
    await message.answer(screen.html, parse_mode=ParseMode.HTML, reply_markup=keyboard(screen))


@dispatcher.callback_query(Asking.question)
async def answer(query: CallbackQuery, state: FSMContext) -> None:
    number, button = tapped(query.data)
    await state.update_data({str(number): button})
    await query.answer()
    assert isinstance(query.message, Message)
    screen = SCREENS[SCREENS[number].following]
    await query.message.edit_text(
        screen.html, parse_mode=ParseMode.HTML, reply_markup=keyboard(screen)
    )


async def main() -> None:
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(os.environ["TELEGRAM_BOT_TOKEN"], session=AiohttpSession(api=server))
    await dispatcher.start_polling(bot)


asyncio.run(main())
