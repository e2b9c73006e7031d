"""A stream under a passphrase: scrypt makes the key, AES-256-GCM seals blocks of 1 MiB.

    magic | salt | block | block | ... | last block

The number of a block and whether it is the last are its nonce, the head (magic, salt) is authenticated with each: what is
altered, cut off, appended or put in another order does not open. The salt is new for each file, so the key is as well, and
no nonce comes twice. Needs `cryptography` (extra `encryption`).
"""

import hashlib
import io
import os
import unicodedata

from people.refusals import Refusal, Refused

MAGIC = b"cadre-backup encrypted 1\n"  # another way to encrypt gets another number
SALT, BLOCK, TAG = 32, 1 << 20, 16
HEAD = len(MAGIC) + SALT
SHORTEST = 12  # characters of a passphrase
COST = {"n": 2**17, "r": 8, "p": 1, "maxmem": 256 << 20}  # of a guess: 128 MB and some tenths of a second


def key(passphrase, salt):
    """The key of a file."""
    typed = unicodedata.normalize("NFC", passphrase).encode()
    return hashlib.scrypt(typed, salt=salt, dklen=32, **COST)


def _sealer(passphrase, salt):
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise Refused(Refusal("encryption_missing")) from None
    return AESGCM(key(passphrase, salt))


def _nonce(number, last):
    return number.to_bytes(11, "big") + bytes([last])


class Encrypting:
    """A file that is written from front to back; `close` writes the last block and leaves the file open."""

    def __init__(self, file, passphrase):
        if len(passphrase) < SHORTEST:
            raise Refused(Refusal("passphrase_short", {"limit": SHORTEST}))
        salt = os.urandom(SALT)
        self._sealer, self._head = _sealer(passphrase, salt), MAGIC + salt
        self._file, self._held, self._number = file, bytearray(), 0
        file.write(self._head)

    def write(self, data):
        self._held += data
        while len(self._held) > BLOCK:  # what may be the last block is held back
            self._block(self._held[:BLOCK], last=False)
            del self._held[:BLOCK]
        return len(data)

    def close(self):
        self._block(self._held, last=True)

    def _block(self, data, last):
        self._file.write(self._sealer.encrypt(_nonce(self._number, last), bytes(data), self._head))
        self._number += 1


def is_encrypted(file):
    """Does an open file begin like ours? Leaves it at its beginning."""
    file.seek(0)
    begins = file.read(len(MAGIC))
    file.seek(0)
    return begins == MAGIC


def decrypting(file, passphrase):
    """The plain content of an open encrypted file, from any place."""
    return io.BufferedReader(_Decrypting(file, passphrase), BLOCK)


class _Decrypting(io.RawIOBase):
    def __init__(self, file, passphrase):
        size = file.seek(0, io.SEEK_END) - HEAD
        self._last = max(0, size - 1) // (BLOCK + TAG)
        self._size = size - (self._last + 1) * TAG
        if self._size < 0:
            raise Refused(Refusal("backup_damaged"))
        file.seek(0)
        self._head, self._file = file.read(HEAD), file
        self._sealer = _sealer(passphrase, self._head[len(MAGIC) :])
        self._place, self._number, self._block = 0, None, b""

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def tell(self):
        return self._place

    def readinto(self, buffer):
        number, within = divmod(self._place, BLOCK)
        if number > self._last:
            return 0
        if number != self._number:
            self._block, self._number = self._open(number), number
        data = self._block[within : within + len(buffer)]
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def _open(self, number):
        from cryptography.exceptions import InvalidTag

        self._file.seek(HEAD + number * (BLOCK + TAG))
        try:
            return self._sealer.decrypt(_nonce(number, number == self._last), self._file.read(BLOCK + TAG), self._head)
        except InvalidTag:
            # of the first block one cannot tell a wrong passphrase from other bytes
            raise Refused(Refusal("backup_damaged" if number else "backup_locked")) from None
