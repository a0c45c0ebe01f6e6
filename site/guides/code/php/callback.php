<?php
// snippet: verify
// Whether a callback was sent by somebody who knows the secret, in the last five minutes.
function genuine(string $secret, array $headers, string $rawBody, ?int $now = null): bool
{
    $stamp = $headers['xaman-live-time'] ?? '';
    $expected = 'v1=' . hash_hmac('sha256', $stamp . '.' . $rawBody, $secret);
    $recent = ctype_digit($stamp) && abs(($now ?? time()) - (int) $stamp) <= 300;
    $signatures = explode(', ', $headers['xaman-live-signature'] ?? '');
    return $recent && array_filter($signatures, fn($one) => hash_equals($expected, $one)) !== [];
}
// end
