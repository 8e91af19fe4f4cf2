from django.apps import AppConfig

from rooms.naming import translate_names


class PlayersConfig(AppConfig):
    name = "players"

    def ready(self) -> None:
        translate_names(self.get_models())
