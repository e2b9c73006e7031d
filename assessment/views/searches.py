"""Personal search terms stay out of addresses, for those are logged, kept by browsers and passed on.

The session keeps the names and words typed to find people, and the address has a token for each: `?s=Jk3_x9Qa&kind=zone`.
Which terms are personal is said by the filters (`personal`); choices, days, numbers and keys of records stay in the address.
"""

from secrets import token_urlsafe

TOKEN = "s"  # name of the parameter
LOST = "-"  # stands in links for a token that this session does not know; no token looks like it
KEY, KEPT, LONGEST = "searches", 30, 200


class Searches:
    """The terms of one session: {token: [name, value]}, the newest last. An empty one (`Searches({})`) knows no token."""

    def __init__(self, session):
        self.session = session

    def resolve(self, data):
        """The data with the terms of its tokens, and whether a token was unknown (another session's, or forgotten)."""
        found, lost = data.copy(), False
        for token in found.pop(TOKEN, []):
            term = self.session.get(KEY, {}).get(token)
            if term is None:
                lost = True
            elif term[0] not in found:
                found[term[0]] = term[1]
        return found, lost

    def hide(self, data, personal, lost=False):
        """The query string of data, with tokens in the place of personal terms."""
        shown = data.copy()
        for name in sorted(personal & set(shown)):
            if (value := shown.pop(name)[-1]).strip():
                shown.appendlist(TOKEN, self._token(name, value[:LONGEST]))
        if lost:
            shown.appendlist(TOKEN, LOST)
        return shown.urlencode()

    def _token(self, name, value):
        """The same term has the same token, and is one of the newest again when it was about to go."""
        kept = self.session.get(KEY, {})
        token = next((token for token, term in kept.items() if term == [name, value]), None)
        if token is None or token not in list(kept)[-KEPT // 2 :]:
            token = token or token_urlsafe(6)
            rest = [(each, term) for each, term in kept.items() if each != token]
            self.session[KEY] = dict([*rest, (token, [name, value])][-KEPT:])
        return token
