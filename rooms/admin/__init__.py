"""The operator's pages about rooms: what they change goes through the same verbs as every other way in."""

from rooms.admin.member import MemberAdmin
from rooms.admin.room import RoomAdmin
from rooms.admin.token import TokenAdmin

__all__ = ["MemberAdmin", "RoomAdmin", "TokenAdmin"]
