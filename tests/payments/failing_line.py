"""A line to a provider that breaks when it is told to."""

import httpx


class FailingLine(httpx.HTTPTransport):
    """Loses the next request ``before`` it arrives, or its answer ``after`` that; or all while it is down."""

    fail = ""
    is_down = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fail, self.fail = self.fail, ""
        if self.is_down or fail == "before":
            raise httpx.ConnectError("the line is down")
        response = super().handle_request(request)
        if fail == "after":
            response.read()
            raise httpx.ReadTimeout("too late")
        return response
