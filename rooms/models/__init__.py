"""Database models: rooms, members, messages, tokens, presence by process, rate limits, and answers kept for repeats."""

from rooms.models.attendance import Attendance
from rooms.models.bucket import Bucket
from rooms.models.choices import ALL_SCOPES, AtEnd, ChatKept, Order, Scope, Visibility, WhenEmpty, WithoutHost
from rooms.models.invitation import Invitation
from rooms.models.log_entry import LogEntry
from rooms.models.member import MAX_BAN_REASON_LENGTH, Member
from rooms.models.message import Message
from rooms.models.names import MAX_NAME_LENGTH, MAX_NICKNAME_LENGTH, clean_name, clean_nickname, one_line, short_line
from rooms.models.open_streams import OpenStreams
from rooms.models.renewal import Renewal
from rooms.models.report import Report
from rooms.models.roles import Role
from rooms.models.room import Room, RoomQuerySet, hashed
from rooms.models.stored_answer import StoredAnswer
from rooms.models.token import Token, hash_token
from rooms.models.used_slug import UsedSlug
from rooms.models.webhook import Delivery, Webhook

__all__ = [
    "ALL_SCOPES",
    "MAX_BAN_REASON_LENGTH",
    "MAX_NAME_LENGTH",
    "MAX_NICKNAME_LENGTH",
    "AtEnd",
    "Attendance",
    "Bucket",
    "ChatKept",
    "Delivery",
    "Invitation",
    "LogEntry",
    "Member",
    "Message",
    "OpenStreams",
    "Order",
    "Renewal",
    "Report",
    "Role",
    "Room",
    "RoomQuerySet",
    "Scope",
    "StoredAnswer",
    "Token",
    "UsedSlug",
    "Visibility",
    "Webhook",
    "WhenEmpty",
    "WithoutHost",
    "clean_name",
    "clean_nickname",
    "hash_token",
    "hashed",
    "one_line",
    "short_line",
]
