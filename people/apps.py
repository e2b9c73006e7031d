from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self):
        from django.db.models.signals import post_migrate, pre_migrate

        from people import triggers

        pre_migrate.connect(triggers.before_migrate, dispatch_uid="people.triggers.drop")
        post_migrate.connect(triggers.after_migrate, dispatch_uid="people.triggers.install")
