"""A backend in Python: it answers the card, and a server beside it makes the sign requests and verifies them.

XAMAN_LIVE_KEY=… python3 backend.py
"""
import hashlib
import hmac
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
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# snippet: offers
OFFERS = {
    "coffee": {
        "label": "Two coffees",
        "txjson": {"TransactionType": "Payment", "Destination": "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe",
                   "DestinationTag": 4711, "Amount": "2500000"},
        "options": {"expire": 5},
        "custom_meta": {"instruction": "Two coffees"},
    },
    "sign-in": {"label": "Sign in", "txjson": {"TransactionType": "SignIn"}, "options": {"expire": 5}},
}
# end

# snippet: ask
ORDERS = os.environ.get("ORDERS", "http://127.0.0.1:8082/api/orders")  # of the server beside, on its private address
KEY = os.environ["XAMAN_LIVE_KEY"]
SAID = ("not-found", "too-many-requests", "platform-refused", "platform-unavailable", "unavailable")


class Refusal(Exception):
    def __init__(self, status, code, message, headers=()):
        super().__init__(message)
        self.status, self.code, self.headers = status, code, dict(headers)


def ask(method, path="", body=None, key=None):
    """A call of the private API. What a visitor may be told of a failure is passed on."""
    request = urllib.request.Request(ORDERS + path, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", "Bearer " + KEY)
    if key:
        request.add_header("Idempotency-Key", key)
    try:
        try:
            answer = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            content = json.load(answer)
    except (OSError, ValueError, http.client.HTTPException) as failure:
        print("the server beside does not answer in JSON:", failure, file=sys.stderr)
        raise Refusal(503, "unavailable", "The shop cannot ask Xaman. Try again in a moment.", {"Retry-After": "5"})
    if answer.status < 300:
        return content
    error = content["error"]
    if error["code"] not in SAID:
        raise OSError(f"{method} {path}: {error}")
    wait = answer.headers.get("Retry-After")
    raise Refusal(answer.status, error["code"], error["message"], {"Retry-After": wait} if wait else {})
# end


# snippet: orders
PLATFORM = os.environ.get("PLATFORM")  # origin of another platform than Xaman's, such as the sandbox
created = {}  # by UUID, what the platform answered; a database in life
open_orders = set()  # UUIDs of those that have not come to their end
booked = set()  # UUIDs of those that were paid
booking = threading.Lock()


def known(order):
    """What the card is told of an order. What is verified is booked once, whoever asked for it, and however late."""
    uuid, ends = order["uuid"], re.sub(r"\.\d+", "", order["expires_at"]).replace("Z", "+00:00")
    left = int((datetime.fromisoformat(ends) - datetime.now(timezone.utc)).total_seconds() // 1)
    with booking:
        if order["verdict"] == "verified" and uuid not in booked:
            booked.add(uuid)
            print("paid", uuid, order["result"].get("amount", ""), order["result"].get("currency", ""), flush=True)
    # What has expired may be signed for an hour by a phone that had it open, and to verify that may take longer.
    if order["final"] or left < -3600 and order["verdict"] != "checking":
        open_orders.discard(uuid)
    answer = {name: order[name] for name in ("uuid", "status", "verdict", "checks", "result", "summary")}
    answer.update(expires_in=left, payload=created[uuid])
    return {**answer, "platform": PLATFORM} if PLATFORM else answer


def settle():
    """Orders of visitors who have left come to their end as well."""
    while True:
        time.sleep(30)
        for uuid in list(open_orders):
            try:
                known(ask("GET", "/" + uuid))
            except Exception as failure:  # the others come to their end all the same
                print("cannot settle", uuid, failure, file=sys.stderr)
# end


# snippet: owners
SECRET = os.environ.get("SECRET", secrets.token_hex()).encode()  # with a new one, nobody sees his old requests


def proof(uuid):
    """The cookie by which a browser shows that it has made a request."""
    return hmac.new(SECRET, ("request " + uuid).encode(), hashlib.sha256).hexdigest()
# end


# snippet: bodies
def members(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member is there twice")
    return dict(pairs)


def wanted(body):
    """The offer that a page asks for."""
    try:
        asked = json.loads(body, object_pairs_hook=members)
    except ValueError as failure:
        raise Refusal(400, "bad-request", f"The body cannot be read: {failure}.") from failure
    if not isinstance(asked, dict) or not isinstance(asked.get("demo", ""), str) or set(asked) - {"demo", "amount"}:
        raise Refusal(400, "bad-request", "The body has to be an object with the name of an offer in demo.")
    if asked.get("demo") not in OFFERS:
        raise Refusal(400, "unknown-demo", "The shop has no offer of that name.")
    if "amount" in asked:
        raise Refusal(400, "amount", "The price of this offer is fixed.")
    return asked["demo"]
# end


API = "/api/sign-requests"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
MOST = 4096  # bytes of a body


# snippet: calls
class Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def offers(self):
        self.session()
        offers = [{"name": name, "label": offer["label"], "type": offer["txjson"]["TransactionType"]}
                  for name, offer in OFFERS.items()]
        return 200, {"demos": [offer["name"] for offer in offers], "offers": offers}

    def create(self):
        if self.headers.get_content_type() != "application/json" or "Content-Type" not in self.headers:
            raise Refusal(400, "bad-request", "The Content-Type has to be application/json.")
        name, keys = wanted(self.body), self.headers.get_all("Idempotency-Key", [secrets.token_urlsafe()])
        if len(keys) != 1 or not re.fullmatch(r"[!-~]{1,64}", keys[0]):
            raise Refusal(400, "bad-request", "The Idempotency-Key has to be 1 to 64 visible ASCII characters.")
        # The server beside makes one order of one key, which is the visitor's own, for this offer.
        key = hashlib.sha256(" ".join((self.session(), name, keys[0])).encode()).hexdigest()
        offer = {member: value for member, value in OFFERS[name].items() if member != "label"}
        order = ask("POST", body={**offer, "reference": name + " " + key[:16]}, key=key)
        if created.setdefault(order["uuid"], order["created"]) is order["created"]:
            open_orders.add(order["uuid"])
        self.set_cookie("request-" + order["uuid"], proof(order["uuid"]), API + "/" + order["uuid"])
        return 201, known(order)

    def read(self):
        return 200, known(ask("GET", "/" + self.own()))

    def cancel(self):
        order = ask("DELETE", "/" + self.own())
        return 200, {**known(order), "cancelled": order["cancelled"], "reason": order["reason"]}

    def own(self):
        """The UUID in the path, if it is of a request that this browser has made."""
        uuid = self.path.split("?")[0][len(API) + 1:]
        if not re.fullmatch(UUID, uuid):
            raise Refusal(400, "bad-request", "That is not the UUID of a sign request.")
        if uuid not in created or not hmac.compare_digest(self.cookie("request-" + uuid), proof(uuid)):
            raise Refusal(404, "not-found", "There is no such sign request.")
        return uuid
# end

# snippet: browsers
    def session(self):
        known = self.cookie("session")
        if not known:
            known = secrets.token_urlsafe()
            self.set_cookie("session", known, "/")
        return known

    def cookie(self, name):
        found = re.search(rf"(?:^|; ){name}=([\w-]+)", self.headers.get("Cookie", ""))
        return found.group(1) if found else ""

    def set_cookie(self, name, value, path):
        secure = "; Secure" if os.environ.get("ORIGIN", "").startswith("https:") else ""
        self.cookies.append(f"{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}")

    def foreign(self):
        """Whether a page of another site has the browser send this."""
        site, origin = self.headers.get("Sec-Fetch-Site"), self.headers.get("Origin")
        if site:
            return site not in ("same-origin", "none")
        return origin is not None and origin.split("://")[-1] != self.headers.get("Host")
# end

# snippet: answer
    def answer(self):
        path = self.path.split("?")[0]
        if path == API:
            calls = {"GET": self.offers, "POST": self.create}
        elif path.startswith(API + "/"):
            calls = {"GET": self.read, "DELETE": self.cancel}
        else:
            raise Refusal(404, "not-found", "There is nothing at this path.")
        if self.command not in calls:
            allowed = ", ".join(calls)
            raise Refusal(405, "method-not-allowed", f"This can only be done with {allowed}.", {"Allow": allowed})
        if self.command != "GET" and self.foreign():
            raise Refusal(403, "forbidden", "Pages of other sites may not do this.")
        if len(self.body) > MOST:
            raise Refusal(413, "too-large", "The body is too large.")
        return calls[self.command]()

    def handle_call(self):
        length = self.headers.get("Content-Length", "0")
        self.cookies, headers = [], {}
        self.body = self.rfile.read(min(int(length), 1 << 20)) if length.isdecimal() else b""
        try:
            status, content = self.answer()
        except Refusal as no:
            status, content, headers = no.status, {"error": {"code": no.code, "message": str(no)}}, no.headers
        except Exception as failure:
            print("a call failed:", repr(failure), file=sys.stderr)
            status, content = 500, {"error": {"code": "internal", "message": "Something went wrong in the shop."}}
        text = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Cache-Control": "no-store",
                            "Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        for cookie in self.cookies:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(text)
        self.close_connection = not length.isdecimal() or int(length) > 1 << 20

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_OPTIONS = handle_call

    def log_message(self, *_):
        pass  # which would show UUIDs
# end


if __name__ == "__main__":
    threading.Thread(target=settle, daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Backend)
    print(f"Backend http://127.0.0.1:{server.server_port}/api", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
