"""Arithmetic of a dated history: what a change effective on a day does to the states that are already known.

Pure functions, no ORM. Days are inclusive on both ends; an open end is ``None``. A known state is never overwritten: it is
closed (an open end gets its last day) or superseded by a new state that names it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class State:
    """A state in force from ``start`` to ``end``; ``key`` identifies it for the caller."""

    key: object
    start: date
    end: date | None
    values: dict


@dataclass
class NewState:
    """A state to add.

    ``changes`` = {field: (old, new)} against the state before; ``copy_of`` names a known state whose event it still tells,
    with another period or with values brought in from an earlier day.
    """

    start: date
    end: date | None
    values: dict
    changes: dict = field(default_factory=dict)
    corrects: object = None
    copy_of: object = None


@dataclass
class Plan:
    """What to do: ``close`` = {key: last day}, ``supersede`` = [key], ``add`` = [NewState]."""

    close: dict = field(default_factory=dict)
    supersede: list = field(default_factory=list)
    add: list = field(default_factory=list)

    def __bool__(self):
        return bool(self.add)


def difference(old, new):
    """Return {field: (old, new)} of the fields of ``new`` that differ from ``old``."""
    return {name: (old.get(name, False), value) for name, value in new.items() if old.get(name, False) != value}


def plan_change(states, day, values):
    """Plan the change of ``values`` effective on ``day``.

    :param states: list of State in force, any order, without overlaps
    :param day: first day on which the values hold
    :param values: {field: value}; values equal to those already known change nothing
    :return: Plan, empty when nothing changes

    A value holds until a later state changed it by itself: a director who changed in March stays in the state that April's
    new address opened. A day before the first state opens an earlier state and leaves the known ones alone.
    """
    states = sorted(states, key=lambda state: state.start)
    plan = Plan()
    if not states:
        plan.add.append(NewState(day, None, dict(values)))
        return plan
    if day < states[0].start:
        first = states[0]
        changes = {name: (False, new) for name, (__, new) in difference(first.values, values).items()}
        plan.add.append(NewState(day, first.start - ONE_DAY, first.values | values, changes))
        return plan
    index = max(i for i, state in enumerate(states) if state.start <= day)
    base = states[index]
    changes = difference(base.values, values)
    if not changes:
        return plan
    later_states = states[index + 1 :]
    end = base.end
    if end is not None and end < day:
        # A hole in the history: the new state fills it up to the next known one.
        end = later_states[0].start - ONE_DAY if later_states else None
    previous = states[index - 1] if index and states[index - 1].end == base.start - ONE_DAY else None
    _split(plan, base, previous, day, end, changes)
    _carry_forward(plan, later_states, base, changes)
    return plan


def _split(plan, base, previous, day, end, changes):
    """End ``base`` the day before ``day`` and begin the changed state, which lasts until ``end``."""
    values = base.values | {name: new for name, (__, new) in changes.items()}
    if day == base.start:
        # A correction tells what changed on that day as it is known now, not what was wrong in between.
        since_previous = difference(previous.values, values) if previous else {}
        plan.supersede.append(base.key)
        plan.add.append(NewState(day, end, values, since_previous or changes, corrects=base.key))
        return
    last_day = day - ONE_DAY
    if base.end is None:
        plan.close[base.key] = last_day
    elif last_day < base.end:
        plan.supersede.append(base.key)
        plan.add.append(NewState(base.start, last_day, base.values, corrects=base.key, copy_of=base.key))
    plan.add.append(NewState(day, end, values, changes))


def _carry_forward(plan, later_states, base, changes):
    """Bring the changes into the later states, each field until a state that changed it by itself."""
    carried = dict(changes)
    for state in later_states:
        carried = {name: change for name, change in carried.items() if state.values.get(name, False) == change[0]}
        if not carried:
            return
        values = state.values | {name: new for name, (__, new) in carried.items()}
        plan.supersede.append(state.key)
        plan.add.append(NewState(state.start, state.end, values, corrects=state.key, copy_of=state.key))


def join_words(words):
    """``{code: {variant: text}}`` to ``{(code, variant): text}``.

    Keys are not written as tuples beside the texts: the extractor of terms takes a bracket after ``_()`` for a call.
    """
    return {(code, variant): text for code, variants in words.items() for variant, text in variants.items()}
