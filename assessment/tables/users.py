"""Accounts and grants in lists and exports."""

from django.utils.translation import gettext_lazy as _

from assessment.tables.base import A, CodeColumn, Column, DateColumn, DateTimeColumn, Table, YesNoColumn


class UserTable(Table):
    """Accounts without what they may do: for those who do not see grants."""

    username = CodeColumn(linkify=("user_detail", [A("pk")]))
    name = Column()
    email = Column()
    is_active = YesNoColumn(tone="ok")
    last_login = DateTimeColumn(verbose_name=_("Last sign-in"))

    class Meta(Table.Meta):
        order_by = ("username",)
        title = "username"
        default_columns = ("username", "name", "roles", "is_active", "last_login")


class GrantedUserTable(UserTable):
    """Accounts with their roles."""

    roles = Column(empty_values=(), orderable=False, verbose_name=_("Roles in force"))

    class Meta(UserTable.Meta):
        sequence = ("username", "name", "email", "roles", "...")

    def render_roles(self, record):
        return self.value_roles(record) or self.default

    def value_roles(self, record):
        """In the words of the reader; `valid_grants` are those that he may see."""
        words = (f"{grant.get_role_display()} ({grant.unit or _('everywhere')})" for grant in record.valid_grants)
        return ", ".join(words)


class GrantTable(Table):
    user = CodeColumn(accessor="user__username", linkify=("user_detail", [A("user_id")]))
    name = Column(accessor="user__name", verbose_name=_("Name"))
    role = Column()
    unit = Column(order_by=("unit__code",), empty_values=(), verbose_name=_("Unit"))
    valid_from = DateColumn()
    valid_until = DateColumn()
    granted_by = CodeColumn(accessor="granted_by__username", verbose_name=_("Granted by"))

    class Meta(Table.Meta):
        order_by = ("user", "role")
        title = "user"

    def render_unit(self, record):
        return self.value_unit(record)

    def value_unit(self, record):
        return str(record.unit or _("everywhere"))
