<?php
// snippet: verify
// The platform signs time stamp and raw body with the secret of the application, without the secret's first hyphen.
function genuine(string $secret, array $headers, string $rawBody, ?int $now = null): bool
{
    $stamp = $headers['x-xumm-request-timestamp'] ?? '';
    $signature = $headers['x-xumm-request-signature'] ?? '';
    $key = preg_replace('/-/', '', $secret, 1);
    $expected = hash_hmac('sha1', $stamp . $rawBody, $key);
    $recent = ctype_digit($stamp) && abs(($now ?? time()) - (int) $stamp) <= 300;
    return $recent && hash_equals($expected, $signature);
}
// end
