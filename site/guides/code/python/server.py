"""A shop in Python, beside a backend that makes the sign requests and verifies them: python3 server.py"""
import http.client
import json
import os
import re
import secrets
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# snippet: backend
BACKEND = os.environ.get("BACKEND", "http://127.0.0.1:8080")
orders = {}  # by the UUID of the sign request; a database in life


class Down(Exception):
    """The backend does not answer, or not as it should."""


# The backend shows a sign request to the client that made it, which it knows by a cookie. Here that is the shop.
def call(method, uuid="", cookie="", body=None):
    request = urllib.request.Request(
        BACKEND + "/api/sign-requests" + ("/" + uuid if uuid else ""), method=method, data=body,
        headers={"Content-Type": "application/json", **({"Cookie": cookie} if cookie else {})})
    try:
        try:
            answer = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            cookies = [line.split(";")[0] for line in answer.headers.get_all("Set-Cookie", [])]
            return answer.status, json.load(answer), "; ".join(cookies)
    except (OSError, ValueError, http.client.HTTPException) as failure:
        raise Down(f"no answer in JSON to {method}: {failure}") from failure


def order(visitor):
    status, answer, cookie = call("POST", body=b'{"demo":"pay"}')
    if status != 201:
        raise Down(f"the backend answered {status}: {answer}")
    uuid = answer["uuid"]
    orders[uuid] = {"visitor": visitor, "cookie": cookie, "paid": False}
    threading.Thread(target=follow, args=(uuid,), daemon=True).start()
    return uuid
# end


# snippet: follow
booking = threading.Lock()


# An order is booked once, and only if it is verified: by whoever hears of it first.
def book(uuid, answer):
    it = orders[uuid]
    with booking:
        if answer["verdict"] == "verified" and not it["paid"]:
            it.update(paid=True, txid=answer["result"]["txid"])
            print("paid", uuid, answer["result"]["amount"], answer["result"]["currency"], flush=True)


# The shop asks until an order comes to its end, whether or not the visitor stays. What has expired may still be signed,
# for an hour, by a phone that had it open.
def follow(uuid):
    pause = 2
    while True:
        time.sleep(pause)
        try:
            status, answer, _ = call("GET", uuid, orders[uuid]["cookie"])
        except Down:
            continue  # it may be back later
        if status != 200:
            continue
        book(uuid, answer)
        if answer["verdict"] == "checking":
            continue
        if answer["verdict"] != "none" or answer["status"] in ("rejected", "cancelled"):
            return
        if answer.get("expires_in", 0) < -3600:
            return
        if answer["status"] == "expired":
            pause = min(2 * pause, 60)
# end


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<script type="module" src="/xaman/xaman-sign-request.js"></script>
<h1>{title}</h1>
{body}
</html>
"""


# snippet: pages
class Shop(BaseHTTPRequestHandler):
    def respond(self, status, kind, body, location=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", f"visitor={self.visitor()}; Path=/; HttpOnly; SameSite=Lax")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def page(self, title, body):
        self.respond(200, "text/html; charset=utf-8", PAGE.format(title=title, body=body).encode())

    def answer(self, status, content):
        self.respond(status, "application/json", json.dumps(content).encode())

    def visitor(self):
        known = re.search(r"\bvisitor=([\w-]+)", self.headers.get("Cookie", ""))
        self.new = known.group(1) if known else getattr(self, "new", None) or secrets.token_urlsafe()
        return self.new

    def own(self):
        """The order at the end of the path, if it is this visitor's."""
        uuid = self.path.split("/")[-1]
        it = orders.get(uuid)
        return uuid, it if it and it["visitor"] == self.visitor() else None

    def post(self):
        if self.path != "/orders" or self.headers.get("Sec-Fetch-Site") == "cross-site":
            return self.send_error(403)
        self.respond(303, "text/plain", b"", location="/orders/" + order(self.visitor()))

    def get(self):
        uuid, it = self.own()
        if it and self.path == "/orders/" + uuid:
            self.page("Your order", f'<xaman-sign-request backend="/api" uuid="{uuid}"></xaman-sign-request>')
        elif it and self.path == "/api/sign-requests/" + uuid:
            status, answer, _ = call(self.command, uuid, it["cookie"])
            if status == 200:
                book(uuid, answer)
            self.answer(status, answer)
        elif self.path == "/":
            self.page("Corner Shop", '<form method="post" action="/orders"><button>Two coffees</button></form>')
        else:
            self.answer(404, {"error": {"code": "not-found", "message": "There is no such sign request."}})

    def handle_call(self):
        self.new = None
        try:
            self.post() if self.command == "POST" else self.get()
        except Down as failure:
            print(failure, file=sys.stderr)
            message = "The shop cannot ask Xaman. Try again in a moment."
            self.answer(503, {"error": {"code": "unavailable", "message": message}})

    do_GET = do_POST = do_DELETE = handle_call  # DELETE cancels, at the path of GET
# end


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Shop)
    print(f"Open http://127.0.0.1:{server.server_port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
