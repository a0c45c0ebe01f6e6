# snippet: verify
import hashlib
import hmac
import time


# Whether a callback was sent by somebody who knows the secret, in the last five minutes.
def genuine(secret, headers, raw_body, now=None):
    stamp = headers.get("xaman-live-time", "")
    signed = stamp.encode() + b"." + raw_body
    expected = "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    recent = stamp.isdigit() and abs((now or time.time()) - int(stamp)) <= 300
    signatures = headers.get("xaman-live-signature", "").encode().split(b", ")
    return recent and any([hmac.compare_digest(one, expected.encode()) for one in signatures])
# end
