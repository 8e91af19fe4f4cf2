"""This project with the WebSocket that it is compared with."""
