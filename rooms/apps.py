from django.apps import AppConfig

from rooms.naming import translate_names


class RoomsConfig(AppConfig):
    name = "rooms"

    def ready(self) -> None:
        translate_names(self.get_models())
