"""The table of what each role may do in a room, and who may know of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from rooms.core.access import DEEDS, LEAST_ROLE, Action, may, may_know
from rooms.models.roles import Role


@dataclass
class Rules:
    control_role: int = Role.HOST
    add_role: int = Role.GUEST


def allowed(role: Role, rules: Rules, *, is_muted: bool = False) -> str:
    return " ".join(sorted(action for action in Action if may(role, rules, action, is_muted=is_muted)))


@pytest.mark.parametrize(
    ("role", "rules", "expected"),
    [
        (Role.GUEST, Rules(), "add vote"),
        (Role.MEMBER, Rules(), "add vote"),
        (Role.HOST, Rules(), "add control invite remove reorder vote"),
        (Role.OWNER, Rules(), "add close control invite manage remove reorder vote"),
        (Role.GUEST, Rules(control_role=Role.GUEST), "add control remove reorder vote"),
        (Role.GUEST, Rules(add_role=Role.MEMBER), "vote"),
        (Role.MEMBER, Rules(add_role=Role.MEMBER), "add vote"),
        (Role.HOST, Rules(control_role=Role.OWNER, add_role=Role.OWNER), "invite vote"),
    ],
)
def test_a_role_may_do_what_the_rules_leave_to_it(role: Role, rules: Rules, expected: str) -> None:
    assert allowed(role, rules) == expected


@pytest.mark.parametrize("role", Role)
def test_a_mute_takes_adding_from_every_role_and_nothing_else(role: Role) -> None:
    assert allowed(role, Rules(), is_muted=True) == allowed(role, Rules()).removeprefix("add ")


@pytest.mark.parametrize(
    ("visibility", "role", "is_banned", "expected"),
    [
        ("public", Role.GUEST, False, True),
        ("unlisted", Role.GUEST, False, True),
        ("private", Role.GUEST, False, False),
        ("private", Role.MEMBER, False, True),
        ("private", Role.OWNER, False, True),
        ("public", Role.GUEST, True, False),
        ("public", Role.OWNER, True, False),
        ("private", Role.OWNER, True, False),
    ],
)
def test_a_private_room_is_known_to_members_and_no_room_to_the_banned(
    visibility: str, role: Role, is_banned: bool, expected: bool
) -> None:
    assert may_know(visibility, role, is_banned=is_banned) is expected


def test_every_action_has_a_least_role_and_a_name_in_refusals() -> None:
    assert set(LEAST_ROLE) == set(DEEDS) == set(Action)
