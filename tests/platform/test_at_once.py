"""Two people at the same thing at once: one is first, the other is told; nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from jangkau.complaints import Complaint
from tests.platform.finished_run import AS_OF
from tests.platform.intake_desk import BUDI, SITI, checked, events, hand_in, kur

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User

Make = Callable[..., Any]
TIMES = 5


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each of them gave or raised; all begin at the same moment, each on a connection of its own."""
    from django.db import connection

    start, found = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int) -> None:
        start.wait()
        try:
            found[place] = calls[place]()
        except Exception as error:
            found[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def _complaints(found: list[Any]) -> int:
    others = [one for one in found if isinstance(one, Exception) and not isinstance(one, Complaint)]
    assert not others, others
    return sum(isinstance(one, Complaint) for one in found)


@pytest.mark.parametrize("_", range(TIMES))
def test_of_two_checkers_one_accepts(_: int, user: Make, institution: Make) -> None:
    from django.utils import timezone

    from jangkau.platform.intake import actions

    bank = institution()
    delivery = checked(kur(BUDI, SITI), bank, user("bank_officer", institution=bank))
    readers = [user("bank_officer", institution=bank) for _ in range(3)]
    found = at_once(*(lambda one=one: actions.accept(delivery=delivery, now=timezone.now(), by=one) for one in readers))
    assert _complaints(found) == 2
    delivery.refresh_from_db()
    assert delivery.state == "accepted"
    assert events(delivery.pk).count("accepted") == 1


def test_of_accepting_and_giving_back_one_holds(user: Make, institution: Make) -> None:
    from django.utils import timezone

    from jangkau.platform.intake import actions

    bank = institution()
    one, other = user("bank_officer", institution=bank), user("bank_officer", institution=bank)
    for _ in range(TIMES):
        delivery = checked(kur(BUDI, SITI), bank, user("bank_officer", institution=bank))
        found = at_once(
            partial(actions.accept, delivery=delivery, now=timezone.now(), by=one),
            partial(actions.give_back, delivery=delivery, reason="salah bulan", by=other),
        )
        assert _complaints(found) == 1
        delivery.refresh_from_db()
        said = {"accepted", "gave_back"} & set(events(delivery.pk))
        assert said == {"accepted" if delivery.state == "accepted" else "gave_back"}


def test_the_same_file_twice_at_once_is_one_delivery(user: Make, institution: Make) -> None:
    from jangkau.platform.intake.models import Delivery

    bank = institution()
    officer = user("bank_officer", institution=bank)
    for _ in range(TIMES):
        data = kur(BUDI)
        found = at_once(*(lambda data=data: hand_in(data, bank, officer) for _ in range(3)))
        assert _complaints(found) == 0
        assert sorted(one.again for one in found) == [False, True, True]
        assert len({one.delivery.pk for one in found}) == 1
    assert Delivery.objects.filter(institution=bank).count() == TIMES


def test_of_two_who_ask_for_a_run_one_gets_it(user: Make) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jangkau.platform.registry import actions
    from jangkau.platform.registry.models import Run

    Run.objects.filter(state__in=["asked", "running"]).update(state="cancelled")
    analysts = [user("analyst") for _ in range(3)]
    for _ in range(TIMES):
        before = ProcrastinateJob.objects.filter(task_name="registry.run").count()
        found = at_once(*(partial(_in_scope, one, actions.ask_for_run, as_of=AS_OF, by=one) for one in analysts))
        assert _complaints(found) == 2
        assert ProcrastinateJob.objects.filter(task_name="registry.run").count() == before + 1
        (made,) = [one for one in found if isinstance(one, Run)]
        actions.cancel_run(run=made, by=analysts[0])


def _in_scope(one: User, call: Callable[..., Any], **arguments: Any) -> Any:
    """As a request of his does it: in a transaction with his scope."""
    from django.db import transaction

    from jangkau.platform import scope

    with transaction.atomic():
        scope.enter(kind="user", number=one.pk)
        return call(**arguments)


def test_of_two_administrators_who_dismiss_each_other_one_stays(user: Make) -> None:
    from jangkau.platform.offices import actions

    for _ in range(TIMES):
        one, other = user("administrator"), user("administrator")
        found = at_once(
            partial(_in_scope, one, actions.dismiss, user=other, by=one),
            partial(_in_scope, other, actions.dismiss, user=one, by=other),
        )
        assert _complaints(found) == 1
        for somebody in (one, other):
            somebody.refresh_from_db()
        assert [one.is_active, other.is_active].count(True) == 1


def test_of_two_invitations_to_one_address_one_is_sent(user: Make) -> None:
    from django.utils import timezone

    from jangkau.platform.offices import actions
    from jangkau.platform.offices.models import User

    one, other = user("administrator"), user("administrator")
    for number in range(TIMES):
        email = f"sama{number}@contoh.id"
        found = at_once(
            *(
                lambda by=by, email=email: actions.invite(
                    email=email, name="Sama", role="board", office=None, institution=None, now=timezone.now(), by=by
                )
                for by in (one, other)
            )
        )
        assert _complaints(found) == 1
        assert User.objects.filter(email=email).count() == 1


def test_an_invitation_taken_up_twice_at_once_sets_one_password(user: Make) -> None:
    from django.utils import timezone

    from jangkau.platform.offices import actions

    now = timezone.now()
    token = actions.invite(
        email="sekali@contoh.id", name="Sekali", role="board", office=None, institution=None, now=now, by=None
    )
    found = at_once(
        *(lambda word=word: actions.accept(token=token, password=f"Kunci-Panjang-{word}", now=now) for word in "12")
    )
    assert _complaints(found) == 0
    assert found.count(None) == 1


def test_nobody_dismisses_himself_and_is_told(browser_of: Callable[[User], Client], user: Make) -> None:
    one = user("administrator")
    answer = browser_of(one).post(f"/pengguna/{one.pk}/akhiri/", follow=True)
    assert answer.status_code == 200
    assert "Anda tidak dapat mengakhiri diri sendiri" in answer.text
