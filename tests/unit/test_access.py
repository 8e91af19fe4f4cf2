"""The table of what each role may do in a room, and who may know of it."""

from __future__ import annotations

import pytest

from rooms.core.access import DEEDS, OWNERS_ALONE, Action, Rules, may, may_know
from rooms.models.roles import Role
from rooms.models.rules import DEFAULT_RULES, PRESETS

GUESTS = "add chat react vote"
HOSTS = f"{GUESTS} control invite moderate reorder skip"


def allowed(role: Role, rules: Rules, *, is_muted: bool = False) -> set[str]:
    return {action.value for action in Action if may(role, rules, action, is_muted=is_muted)}


@pytest.mark.parametrize(
    ("role", "rules", "expected"),
    [
        (Role.GUEST, DEFAULT_RULES, GUESTS),
        (Role.MEMBER, DEFAULT_RULES, GUESTS),
        (Role.HOST, DEFAULT_RULES, HOSTS),
        (Role.OWNER, DEFAULT_RULES, f"{HOSTS} manage close hand-over"),
        (Role.GUEST, PRESETS["party"], GUESTS),
        (Role.GUEST, PRESETS["club"], GUESTS),
        (Role.GUEST, PRESETS["radio"], "chat react"),
        (Role.MEMBER, PRESETS["radio"], "chat react"),
        (Role.HOST, PRESETS["radio"], HOSTS),
        (Role.GUEST, {"control": "guest", "chat": "host"}, "add control react vote"),
        (Role.GUEST, {"add": "member"}, "chat react vote"),
        (Role.MEMBER, {"add": "member"}, GUESTS),
        (Role.GUEST, {"skip": "guest", "reorder": "guest"}, f"{GUESTS} skip reorder"),
    ],
)
def test_a_role_may_do_what_the_rules_leave_to_it(role: Role, rules: Rules, expected: str) -> None:
    assert allowed(role, rules) == set(expected.split())


def test_a_rule_gives_one_action_and_no_other() -> None:
    for action in set(Action) - OWNERS_ALONE:
        nobody = {other.value: "owner" for other in Action}
        assert allowed(Role.GUEST, nobody | {action.value: "guest"}) == {action.value}
    assert allowed(Role.HOST, {action.value: "guest" for action in Action}) == set(Action) - OWNERS_ALONE


@pytest.mark.parametrize("role", Role)
def test_a_mute_takes_words_links_and_votes_from_every_role_and_nothing_else(role: Role) -> None:
    taken = {"add", "chat", "react", "vote"}
    assert allowed(role, DEFAULT_RULES, is_muted=True) == allowed(role, DEFAULT_RULES) - taken


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
    assert set(Action) == set(DEEDS)
    assert set(Action) - OWNERS_ALONE <= set(DEFAULT_RULES)
