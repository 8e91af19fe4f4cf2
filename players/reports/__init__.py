"""What listeners tell: lengths, ends, failures and titles that their players found, and voices for skipping."""
