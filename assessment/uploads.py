"""Uploads while they arrive: of a file that is too large no more is kept than shows that it is."""

from django.core.files.uploadhandler import FileUploadHandler

from assessment.sheets.workbook.package import LIMITS


class Bounded(FileUploadHandler):
    """Before Django's own handlers: they get nothing beyond the limit, and whoever takes the file finds it too large."""

    def receive_data_chunk(self, raw_data, start):
        return raw_data if start <= LIMITS.size else None

    def file_complete(self, file_size):
        return None
