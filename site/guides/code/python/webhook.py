# snippet: verify
import hashlib
import hmac
import time


# The platform signs time stamp and raw body with the secret of the application, without the secret's first hyphen.
def genuine(secret, headers, raw_body, now=None):
    stamp = headers.get("x-xumm-request-timestamp", "")
    signature = headers.get("x-xumm-request-signature", "")
    key = secret.replace("-", "", 1).encode()
    expected = hmac.new(key, stamp.encode() + raw_body, hashlib.sha1).hexdigest()
    recent = stamp.isdigit() and abs((now or time.time()) - int(stamp)) <= 300
    return recent and hmac.compare_digest(signature.encode(), expected.encode())
# end
