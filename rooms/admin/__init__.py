"""Django admin of rooms, members and tokens; it changes them by the verbs that pages and calls use."""

from rooms.admin.member import MemberAdmin
from rooms.admin.message import MessageAdmin
from rooms.admin.room import RoomAdmin
from rooms.admin.token import TokenAdmin

__all__ = ["MemberAdmin", "MessageAdmin", "RoomAdmin", "TokenAdmin"]
