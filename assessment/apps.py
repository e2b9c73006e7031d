from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "assessment"

    def ready(self):
        from django.db.models.signals import post_migrate

        from assessment import checks  # noqa: F401  registers them
        from assessment.actions.schemes import install_shipped
        from assessment.views import confirming  # noqa: F401  (notes when somebody signs in)

        post_migrate.connect(install_shipped, sender=self, dispatch_uid="assessment.schemes.install_shipped")
