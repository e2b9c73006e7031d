"""The invented county that `manage.py demo` puts into an empty database, so that every screen has something real to show.

The figures of the article that the project was born from are exact (DESIGN section 1); every name of a place or person
is made up. All of it goes through the actions, done by the users who would do it, so the ledger tells its story too.
"""
