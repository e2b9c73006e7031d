"""The site as its URLconf declares it, for tests that go to every page."""

from django.urls import URLPattern, get_resolver, reverse

#: Pages whose number in the address is not that of the model that their name begins with.
ABOUT = {
    "sanction_add": "cadre",
    "kinship_add": "cadre",
    "attachment_add": "contact",
    "campaign_remove": "evaluation",
    "evaluation_appeal": "evaluation",
    "grant_add": "user",
    "ledgerentry_cadre": "cadre",
}
#: Pages with other parts in their address: name -> function of a record that gives them. Key: the model of the record.
OTHERWISE = {
    "ledgerentry_record": [
        (model, lambda row: {"kind": row._meta.label_lower, "key": row.pk})
        for model in ("cadre", "evaluation", "contact", "decision", "grant", "user", "unit")
    ],
}
#: Pages that are about nobody's records.
OPEN = {"login", "sign_in_code", "set_language"}  # for those who have not signed in, too
LEAVING = {"logout"}
#: Suggestions for a field while one types, which are posted.
SUGGESTING = {"cadre_options", "unit_options", "contact_assessees"}


def pages():
    """{URL name: pattern} of all that the site map names."""
    return {pattern.name: pattern for pattern in _patterns(get_resolver().url_patterns) if pattern.name}


def _patterns(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _patterns(pattern.url_patterns)


def parts(name):
    """Names of the parts of a page's address."""
    return list(pages()[name].pattern.converters)


def kind_of(name, kinds):
    """The model that a page with a number is about, or None: then this module needs a row for it."""
    if name in ABOUT:
        return ABOUT[name]
    fits = [kind for kind in kinds if name.startswith(f"{kind}_")]
    return max(fits, key=len, default=None)


def addresses(name, sample):
    """Addresses of a page: one for each record of the sample ({model name: records}) that it can be about."""
    if not parts(name):
        return [reverse(name)]
    if name in OTHERWISE:
        return [reverse(name, kwargs=make(row)) for kind, make in OTHERWISE[name] for row in sample.get(kind, ())]
    return [reverse(name, kwargs={"pk": row.pk}) for row in sample.get(kind_of(name, sample), ())]


def list_page(name):
    """The declaration of a list or of its export."""
    view = pages()[name].callback
    return view.view_initkwargs.get("of") or view.view_class


def all_columns(name):
    """A query string that shows every column of a list."""
    table = getattr(list_page(name), "table_class", None)
    return [("columns", column) for column in table.base_columns] if table else []
