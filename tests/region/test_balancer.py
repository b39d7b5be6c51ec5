"""The load balancer: a worker that is gone costs nothing, one that hangs is passed over."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp import web

from tests.botapi.server import LOOPBACK
from tests.postgres.server import free_port
from tests.region import balancer
from tests.region.balancer import Balancer

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def listening(stack: AsyncExitStack, handler: Handler) -> int:
    """Have a worker of a kind listen; return its port."""
    runner = web.ServerRunner(web.Server(handler), shutdown_timeout=0.1)
    stack.push_async_callback(runner.cleanup)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, 0).start()
    return int(runner.addresses[0][1])


async def post(port: int, body: str = "an update") -> tuple[int, str, str]:
    """Return the status, the body and when to try again."""
    url = f"http://{LOOPBACK}:{port}/hook?a=b"
    headers = {"X-Telegram-Bot-Api-Secret-Token": "s"}
    async with (
        aiohttp.ClientSession() as client,
        client.post(url, data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.text(), answer.headers.get("Retry-After", "")


async def repeat(request: web.BaseRequest) -> web.Response:
    """Answer with what came."""
    secret = request.headers["X-Telegram-Bot-Api-Secret-Token"]
    return web.Response(text=f"{request.method} {request.path_qs} {secret} {await request.text()}")


async def later(_: web.BaseRequest) -> web.Response:
    return web.Response(status=503, headers={"Retry-After": "5"})


async def hang(_: web.BaseRequest) -> web.Response:
    await asyncio.sleep(5)
    return web.Response()


async def end(request: web.BaseRequest) -> web.Response:
    """Take the request, and end as a worker does that is killed then."""
    assert request.transport
    request.transport.abort()
    return web.Response()


async def test_a_request_and_its_answer_go_through_whole(stack: AsyncExitStack) -> None:
    through = await stack.enter_async_context(Balancer([await listening(stack, repeat)]))
    assert await post(through.port) == (200, "POST /hook?a=b s an update", "")


async def test_when_to_try_again_goes_through(stack: AsyncExitStack) -> None:
    through = await stack.enter_async_context(Balancer([await listening(stack, later)]))
    assert await post(through.port) == (503, "", "5")


async def test_the_workers_get_requests_in_turn(stack: AsyncExitStack) -> None:
    got = Counter[int]()

    def counts(number: int) -> Handler:
        async def count(_: web.BaseRequest) -> web.Response:
            got[number] += 1
            return web.Response()

        return count

    ports = [await listening(stack, counts(number)) for number in range(3)]
    through = await stack.enter_async_context(Balancer(ports))
    for _ in range(6):
        await post(through.port)
    assert got == {0: 2, 1: 2, 2: 2}


async def test_a_worker_that_is_gone_costs_nothing(stack: AsyncExitStack) -> None:
    ports = [free_port(), await listening(stack, repeat), free_port()]
    through = await stack.enter_async_context(Balancer(ports))
    assert [(await post(through.port))[0] for _ in range(6)] == [200] * 6


async def test_without_a_worker_whoever_asks_is_told_so(stack: AsyncExitStack) -> None:
    through = await stack.enter_async_context(Balancer([free_port(), free_port()]))
    assert (await post(through.port))[0] == 503


@pytest.mark.parametrize(("handler", "status"), [(hang, 504), (end, 502)])
async def test_what_one_worker_may_have_done_no_other_is_asked(
    stack: AsyncExitStack, handler: Handler, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(balancer, "SECONDS_TO_ANSWER", 0.2)
    ports = [await listening(stack, repeat), await listening(stack, handler)]
    through = await stack.enter_async_context(Balancer(ports))
    assert (await post(through.port))[0] == status
    assert [(await post(through.port))[0] for _ in range(4)] == [200] * 4, "it is passed over"
