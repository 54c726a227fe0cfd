"""Work in threads asks its questions in the thread that waits for it, where an interrupt is heard."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from wizard.chain.slots import Stopped
from wizard.work.asking import Asking


def test_questions_are_asked_in_the_waiting_thread_and_each_gets_its_own_answer() -> None:
    asking, asked = Asking(threading.Event()), []

    def refuse() -> None:
        asked.append(threading.current_thread())
        raise ValueError("no")

    def agree() -> None:
        asked.append(threading.current_thread())

    with ThreadPoolExecutor(2) as workers:
        running = [workers.submit(asking.ask, agree)]
        asking.wait(running)
        refused = workers.submit(asking.ask, refuse)
        asking.wait([refused])
    assert running[0].result() is None
    assert isinstance(refused.exception(), ValueError)
    assert asked == [threading.main_thread()] * 2


def test_an_interrupt_at_a_question_ends_the_work_of_all() -> None:
    stop = threading.Event()
    asking = Asking(stop)

    def interrupted() -> None:
        raise KeyboardInterrupt

    with ThreadPoolExecutor(2) as workers:
        running = [workers.submit(asking.ask, interrupted) for _ in range(2)]
        with pytest.raises(KeyboardInterrupt):
            asking.wait(running)
        stop.set()
    assert [type(each.exception()) for each in running] == [Stopped, Stopped]
