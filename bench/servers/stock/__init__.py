"""The stock way: a Django project with django-eventstream's own view, served by the same program."""
