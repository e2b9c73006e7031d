"""Back-ups: the whole installation in one file that either engine takes back (docs/operations: backup, restore).

    cipher     a stream under a passphrase
    container  the file: a sealed ZIP, its manifest, its members
    tables     which tables, and their rows as JSON
    save       making one
    load       checking one, and taking it back
"""
