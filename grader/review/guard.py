"""Who may speak with the review page: a browser on this machine that was given the token, on a page of our own.

The server listens on the loopback address only, but every page on the web can make a browser speak with it. So each
request must name our own host (a foreign name that was made to point here is refused), must not come from another
site or port, must carry the token in a cookie that no other site's request carries, and one that changes something
must name our own origin. What we send may load nothing from elsewhere, and run no script but our one file.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 4 << 20
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with less, browsers leave the origin out of our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
NO_TOKEN = "Open the address that `grade review` has printed: without its token this page stays closed."


class Guard:
    """The application behind its door."""

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"grade_review_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] != "http":
            return
        answer = self._refusal(scope["method"], Headers(scope=scope)) or self._welcome(scope)
        await (answer or self._app)(scope, receive, sealed)

    def _refusal(self, method: str, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if host not in self._hosts:
            return _refused("This server answers under its own address only.")
        if method not in ("GET", "HEAD", "POST"):
            return _refused("This server only knows GET and POST.", 405)
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return _refused("A request from another site is refused.")
        if method == "POST" and headers.get("origin") != f"http://{host}":
            return _refused("A change from another site is refused.")
        length = headers.get("content-length", "0" if method != "POST" else "")
        if not (length.isascii() and length.isdigit() and len(length) < 12 and int(length) <= MAX_BODY):
            return _refused(f"A form must say its length, and have at most {MAX_BODY:,} bytes.", 413)
        return None

    def _welcome(self, scope: Scope) -> Response | None:
        """None for who has the cookie; the cookie for who comes with the token; a refusal for everybody else."""
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["path"] == "/" and asked and self._is_token(asked):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
            return answer
        return None if self._is_token(cookies(scope).get(self._cookie, "")) else _refused(NO_TOKEN)

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._token.encode())


def cookies(scope: Scope) -> Mapping[str, str]:
    """The cookies of a request; none if they can't be read."""
    try:
        found = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in found.items()}


def _refused(sentence: str, status: int = 403) -> Response:
    return PlainTextResponse(sentence + "\n", status)
