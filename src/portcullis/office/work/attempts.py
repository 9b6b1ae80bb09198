"""One attempt at a task, in a process of its own: by whose order, done, and how it ended."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django_tasks import TaskContext, TaskResult, task
from django_tasks_db.models import DBTaskResult

from portcullis.agreements import Person
from portcullis.errors import PortcullisError, Refused, place_of
from portcullis.office import acting
from portcullis.office.people import Actor
from portcullis.office.permissions import may
from portcullis.office.web.deployment import Deployment, deployment
from portcullis.office.work import kinds, leases
from portcullis.office.work.keeper import Keeper
from portcullis.office.work.models import Task

_AGAIN = "Begin it again from its desk."


@task(takes_context=True)
def attempt(context: TaskContext, _task_id: str) -> None:
    """Do the task whose message this is, unless another message has taken its place."""
    message = UUID(context.task_result.id)
    taken = leases.take(message)
    if taken is None:
        return
    with Keeper(message) as keeper:
        try:
            outcome = _do(taken, message, keeper)
        except PortcullisError as error:
            if not keeper.unwanted:
                leases.end(message, Task.FAILED, error.message, error.remedy)
        except Exception as error:
            # An interrupted query, or a call back out of one, may end in any error.
            if keeper.unwanted:
                raise
            leases.end(message, Task.FAILED, *_failed(error))
        else:
            leases.end(message, Task.DONE, outcome.said, result=outcome.facts)


def carry_out(message: UUID) -> None:
    """Do the attempt of one message, in this process."""
    delivered = DBTaskResult.objects.get(id=message)
    # The two libraries' types of a result differ by a parameter only.
    context = TaskContext(task_result=cast("TaskResult[Any]", delivered.task_result))
    delivered.task.call(context, *delivered.args_kwargs["args"])


def _do(taken: Task, message: UUID, keeper: Keeper) -> kinds.Outcome:
    here = deployment()
    kind = kinds.find(taken.kind)

    def keep(facts: Mapping[str, Any]) -> None:
        leases.keep(message, facts)

    return kind.run(
        kinds.Work(
            id=str(taken.id),
            deployment=here,
            batch=taken.batch,
            data=taken.data,
            actor=_actor(here, kind, taken),
            token=taken.token,
            moment=taken.moment,
            again=taken.attempts > 1,
            show=keeper.show,
            kept=taken.kept,
            keep=keep,
        )
    )


def _actor(here: Deployment, kind: kinds.Kind, taken: Task) -> Actor | None:
    """Return who acts, by what they signed; nobody where the work proves itself.

    Raises Refused, the attempt on record, where the person may not, or may not any more; and
    Refused where what they signed is not this.
    """
    if not kind.signed:
        return None
    person = here.roster.get(taken.person)
    if person is None:
        raise Refused("Whoever ordered this is not enrolled any more.", _AGAIN)
    if here.member(person.id) is None or not may(person, kind.act, here.today()):
        here.deny(kind.act, person, "Whoever ordered this may not do it today.")
    _check_signed(here, kind, taken, person)
    if kind.signed == "act":
        return acting.rehearsing(person, taken.moment, [taken.token])
    return acting.by_order(person, taken.moment, taken.token)


def _check_signed(here: Deployment, kind: kinds.Kind, taken: Task, person: Person) -> None:
    said = person.verify(taken.token, on=here.today())
    wanted: dict[str, Any] = acting.order_statement(
        kind.act, person, taken.moment, taken.data, taken.batch, here.ledger
    )
    if kind.signed == "act":
        del wanted["ordered"]
    if here.role == "requester":  # which has no ledger: its home's own name stands there
        wanted.pop("ledger")
        wanted["home"] = here.requester.name
    if any(said.get(name) != value for name, value in wanted.items()):
        raise Refused("What was signed is not what is to be done.", _AGAIN)


def _failed(error: Exception) -> tuple[str, str]:
    return (
        f"Something in Portcullis itself failed ({type(error).__name__} in {place_of(error)}).",
        "Please report it; the place holds no taxpayer data. Begun again, it goes on where it "
        "stopped.",
    )
