"""Django admin of rooms, members, messages, reports and tokens, by the verbs that pages and calls use."""

from rooms.admin.member import MemberAdmin
from rooms.admin.message import MessageAdmin
from rooms.admin.record import LogEntryAdmin
from rooms.admin.report import ReportAdmin
from rooms.admin.room import RoomAdmin
from rooms.admin.token import TokenAdmin

__all__ = ["LogEntryAdmin", "MemberAdmin", "MessageAdmin", "ReportAdmin", "RoomAdmin", "TokenAdmin"]
