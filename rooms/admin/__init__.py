"""Django admin of rooms, members, reports and tokens; it changes them by the verbs that pages and calls use."""

from rooms.admin.member import MemberAdmin
from rooms.admin.report import ReportAdmin
from rooms.admin.room import RoomAdmin
from rooms.admin.token import TokenAdmin

__all__ = ["MemberAdmin", "ReportAdmin", "RoomAdmin", "TokenAdmin"]
