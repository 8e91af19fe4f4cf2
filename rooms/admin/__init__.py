"""Django admin of rooms, members, messages, reports, tokens and webhooks, by the verbs that pages and calls use."""

from rooms.admin.member import MemberAdmin
from rooms.admin.message import MessageAdmin
from rooms.admin.record import LogEntryAdmin
from rooms.admin.report import ReportAdmin
from rooms.admin.room import RoomAdmin
from rooms.admin.token import TokenAdmin
from rooms.admin.webhook import WebhookAdmin

__all__ = ["LogEntryAdmin", "MemberAdmin", "MessageAdmin", "ReportAdmin", "RoomAdmin", "TokenAdmin", "WebhookAdmin"]
