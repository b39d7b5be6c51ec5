"""What the commands' tests need: the same service on a phone, and in a terminal too."""

from dataclasses import replace

import pytest

from bot.service.service import Service


@pytest.fixture(params=[True, False], ids=["phone", "terminal"])
def there(request: pytest.FixtureRequest, service: Service) -> Service:
    return replace(service, touch=request.param)


@pytest.fixture
def phone(service: Service) -> Service:
    return replace(service, touch=True)
