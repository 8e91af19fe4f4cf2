"""Results: figures, tables, JSON, and the page that is made of them."""
