"""Who is asked about a cadre or a leading group: leaders, colleagues and subordinates of the county, and invented others."""

from assessment.demo import units

#: The county leader above a department, by place in `cadres.LEADERS`; above all others it is the executive deputy head.
_ABOVE = {"县卫生健康局": 11, "县公安局": 12, "县农牧和水利局": 13}
_TOWNS = list(units.TOWNSHIPS)


class Sources:
    """(name, post, relation) of people who are asked."""

    def __init__(self, county):
        self.county, self._names = county, county.sources()

    def stranger(self, post, relation):
        """Somebody who is no cadre."""
        return next(self._names), post, relation

    def about(self, place, code, relation):
        """A leader, colleague or subordinate of the cadre with this code at a township or department; or himself."""
        county = self.county
        if relation == "superior":
            code = county.leaders[2 * _TOWNS.index(place) if place in _TOWNS else _ABOVE.get(place, 5)]
        elif relation == "peer":
            offices = county.township.get(place) or [codes[0] for name, codes in county.department.items() if name != place][8:12]
            code = next(each for each in offices if each != code)
        elif relation == "subordinate" and place in _TOWNS:
            code = county.young[3 * _TOWNS.index(place)]
        elif relation == "subordinate":
            return self.stranger(f"{place}办公室干部", relation)
        row = county.by_code[code]
        return row["name"], row["post"], relation


def office(county, place, number):
    """Code of the cadre who holds an office: in a township 0 secretary, 1 head, 2 deputy secretary, 3 deputy head, 4 to 6
    younger cadres; in a department 0 its head."""
    if place not in _TOWNS:
        return county.department[place][number]
    first = 3 * _TOWNS.index(place)
    return (county.township[place] + county.young[first : first + 3])[number]


def read_roster(text):
    """(place, office or None, (on site, phone, talks), letters of the dimensions) of each line of a roster."""
    for line in text.strip().splitlines():
        who, counts, levels = line.split("|")
        place, *number = who.split()
        yield place, int(number[0]) if number else None, tuple(map(int, counts.split())), tuple(levels.split())
