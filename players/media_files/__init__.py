"""What media files say of themselves: tags, their text, and covers."""
