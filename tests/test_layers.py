"""Who may import whom (docs/architecture.md), read from the source with `ast`."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Lower must not import higher. Layers of one rank may import each other.
RANKS = {
    "models": 1,
    "queries": 2,
    "actions": 3,
    "forms": 4,
    "tables": 4,
    "filters": 4,
    "sheets": 4,
    "backup": 4,
    "views": 5,
    "management": 5,
    "urls": 6,
}
RANKS["middleware"] = RANKS["busy"] = RANKS["views"]
SEES_REQUESTS = {"views", "middleware", "busy", "templatetags", "urls"}
WRITES = {"save", "create", "bulk_create", "bulk_insert", "bulk_update", "get_or_create", "update_or_create", "asave", "acreate"}
MUST_NOT_WRITE = {"views", "forms", "tables", "filters", "queries", "templatetags"}


def layer_of(module):
    """("assessment", "views") of "assessment.views.base"; the app alone has the layer ""."""
    app, _, rest = module.partition(".")
    return app, rest.partition(".")[0]


def imports(tree, module, is_package=False):
    """Every module of ours that a source names in an import, relative ones resolved; a name may be a module as well."""
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            base = ".".join([*base, *filter(None, [node.module])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        yield from ((name, node.lineno) for name in names if name.split(".")[0] in ("people", "assessment"))


def faults(source, module, is_package=False):
    """Sentences on what this source does that its layer must not."""
    tree = ast.parse(source)
    app, layer = layer_of(module)
    for name, line in imports(tree, module, is_package):
        other_app, other = layer_of(name)
        if app == "people" and other_app == "assessment":
            yield f"{module}:{line} people must not know assessment ({name})"
        if layer == "rules" and (other_app, other) != (app, "rules"):
            yield f"{module}:{line} rules import nothing of ours but rules ({name})"
        if RANKS.get(other, 0) > RANKS.get(layer, 99):
            yield f"{module}:{line} {layer} must not import {other} ({name})"
        if layer in ("access", "ledger") and other == "actions":
            yield f"{module}:{line} {layer} lies below the actions ({name})"
    for node in ast.walk(tree):
        if layer == "rules" and isinstance(node, (ast.Import, ast.ImportFrom)):
            named = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            if any((name or "").split(".")[0] == "django" for name in named):
                yield f"{module}:{node.lineno} rules are plain Python, no Django"
        if layer not in SEES_REQUESTS:
            # A parameter that nobody reads is a library's signature, not a request that went further.
            if isinstance(node, ast.Name) and node.id in ("request", "HttpRequest"):
                yield f"{module}:{node.lineno} the request stops at the views"
        if layer in MUST_NOT_WRITE and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called, on = node.func.attr, ast.unparse(node.func.value)
            if called in WRITES and "actions" not in on and not on.endswith(("super()", "workbook", "book")) and not is_action(tree, on):
                yield f"{module}:{node.lineno} only actions write ({on}.{called})"
            if called in ("update", "delete", "adelete", "aupdate") and ("objects" in on or "filter(" in on or "visible_to(" in on):
                yield f"{module}:{node.lineno} only actions write ({on}.{called})"


def is_action(tree, name):
    """Is `name` imported from a package of actions: `from assessment.actions import units`, then `units.save(...)`?"""
    return any(
        isinstance(node, ast.ImportFrom)
        and "actions" in (node.module or "").split(".")
        and any((alias.asname or alias.name) == name for alias in node.names)
        for node in ast.walk(tree)
    )


def sources():
    for app in ("people", "assessment"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                parts = path.relative_to(ROOT).with_suffix("").parts
                package = parts[-1] == "__init__"
                yield path, ".".join(parts[:-1] if package else parts), package


def test_every_module_keeps_to_its_layer():
    found = [fault for path, module, package in sources() for fault in faults(path.read_text("utf-8"), module, package)]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("people.cadres", "from assessment import queries"),
        ("people.actions.units", "def f():\n    import assessment.models.scheme"),
        ("assessment.rules.combine", "from people.models import Cadre"),
        ("assessment.rules.combine", "from ..models import Scheme"),
        ("assessment.rules.combine", "from django.utils import timezone"),
        ("assessment.models.scheme", "from assessment.actions.schemes import save"),
        ("assessment.models.scheme", "from .. import queries"),
        ("assessment.queries", "from assessment.actions import contacts"),
        ("assessment.actions.schemes", "from assessment import forms"),
        ("assessment.actions.schemes", "def save(request):\n    return request.user"),
        ("assessment.actions.schemes", "from django.http import HttpRequest\ndef f(r: HttpRequest): pass"),
        ("assessment.tables.cadres", "from assessment.views.base import ListPage"),
        ("assessment.forms.cadres", "form.instance.save()"),
        ("assessment.views.cadres", "Cadre.objects.filter(pk=1).update(name='x')"),
        ("assessment.views.cadres", "Cadre.objects.create(name='x')"),
        ("people.access", "from people.actions import grants"),
    ],
)
def test_it_notices(module, source):
    assert list(faults(source, module))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("assessment.rules.grading", "from decimal import Decimal\nfrom . import combine\nfrom assessment.rules.combine import score"),
        ("assessment.models.scheme", "from people.models import Unit\nfrom assessment.rules import snapshot"),
        ("assessment.actions.schemes", "from assessment import queries\nfrom people.ledger import recorded\nx.save()"),
        ("assessment.views.cadres", "from people.actions import cadres\nclass V:\n    def post(self, request): cadres.save(by=1, rows=[])"),
        ("assessment.filters.base", "def get_queryset(self, request):\n    return visible_to(self.parent.user, Cadre)"),
        ("assessment.management.commands.demo", "from assessment.sheets import exchange"),
    ],
)
def test_it_lets_pass(module, source):
    assert not list(faults(source, module))
