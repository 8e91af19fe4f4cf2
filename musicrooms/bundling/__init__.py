"""Bundling at ``collectstatic``: one script and one style per page, minified, content-hashed and compressed."""
