"""Webhooks: a room's changes told to addresses by POST, signed as Standard Webhooks has it, and tried again."""
