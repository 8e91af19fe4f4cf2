"""Who is there: rooms, their members, and the tokens and stored answers of those who call the API."""

from rooms.models.room import (
    MAX_NAME_LENGTH,
    MAX_NICKNAME_LENGTH,
    AtEnd,
    Attendance,
    Member,
    Receipt,
    Room,
    RoomQuerySet,
    Token,
    Visibility,
    WhenEmpty,
    clean_name,
    clean_nickname,
    hash_token,
    one_line,
)

__all__ = [
    "MAX_NAME_LENGTH",
    "MAX_NICKNAME_LENGTH",
    "AtEnd",
    "Attendance",
    "Member",
    "Receipt",
    "Room",
    "RoomQuerySet",
    "Token",
    "Visibility",
    "WhenEmpty",
    "clean_name",
    "clean_nickname",
    "hash_token",
    "one_line",
]
