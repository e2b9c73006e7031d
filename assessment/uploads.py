"""Uploads while they arrive: of a file that is too large no more is kept than shows that it is, of a request nothing.

What is under way lies in JOB_DIR, where the worker sweeps what a killed server leaves behind.
"""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from assessment.sheets.workbook.package import LIMITS

REQUEST = 128 << 20  # bytes of a request with all its files: more than ten attachments


class Bounded(FileUploadHandler):
    """Before Django's own handlers: they get nothing beyond the limit, and whoever takes the file finds it too large."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > REQUEST:
            raise RequestDataTooBig(f"{content_length} bytes")

    def receive_data_chunk(self, raw_data, start):
        return raw_data if start <= LIMITS.size else None

    def file_complete(self, file_size):
        return None
