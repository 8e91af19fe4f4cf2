"""What a direct link leads to, read from the head of the file itself.

The server fetches what strangers name, so that everything here is bounded: addresses, bytes, time and number.
"""
