"""What every request carries: where it came from, for the ledger; and that personal pages are not kept in caches."""

from uuid import uuid4

from people import ledger


class OriginMiddleware:
    """Tells the ledger the request's id and address; forbids caches to keep pages of signed-in users."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid4().hex
        # REMOTE_ADDR only: a header such as X-Forwarded-For can be written by anybody.
        token = ledger.origin.set(ledger.Origin(request_id=request.id, address=request.META.get("REMOTE_ADDR", "")))
        try:
            response = self.get_response(request)
        finally:
            ledger.origin.reset(token)
        response["X-Request-ID"] = request.id
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response
