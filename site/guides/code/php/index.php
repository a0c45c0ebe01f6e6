<?php
// A shop in PHP, beside a backend that makes the sign requests and verifies them: php -S 127.0.0.1:3000 index.php

session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax']);
$_SESSION['orders'] ??= []; // cookies of the backend, by the UUID of the sign request

// snippet: backend
// The backend shows a sign request to the client that made it, which it knows by a cookie. Here that is the shop.
function call(string $method, string $uuid = '', string $cookie = '', string $body = ''): array
{
    $backend = getenv('BACKEND') ?: 'http://127.0.0.1:8080';
    $text = @file_get_contents($backend . '/api/sign-requests' . ($uuid ? "/$uuid" : ''), false, stream_context_create([
        'http' => [
            'method' => $method, 'content' => $body, 'ignore_errors' => true, 'timeout' => 10,
            'header' => array_filter(['Content-Type: application/json', $cookie ? "Cookie: $cookie" : '']),
        ],
    ]));
    if ($text === false || !is_array(json_decode($text, true))) {
        throw new RuntimeException('the backend does not answer, or not in JSON');
    }
    preg_match('/ (\d{3})/', $http_response_header[0], $status);
    $set = preg_grep('/^Set-Cookie:/i', $http_response_header);
    $cookies = preg_replace('/^Set-Cookie: *([^;]*).*$/i', '$1', $set);
    return [(int) $status[1], $text, implode('; ', $cookies)];
}

function order(): string
{
    [$status, $text, $cookie] = call('POST', body: '{"demo":"pay"}');
    if ($status !== 201) {
        throw new RuntimeException("the backend answered $status: $text");
    }
    $uuid = json_decode($text, true)['uuid'];
    $_SESSION['orders'][$uuid] = ['cookie' => $cookie, 'paid' => false]; // in a database, so that others see it too
    return $uuid;
}
// end

// snippet: settle
// PHP does nothing between two calls, so it books when the page asks. A job that asks for orders which are not settled
// finds those whose visitors have left. It books once, and only what is verified.
function settle(string $uuid, string $text): void
{
    $answer = json_decode($text, true);
    if (($answer['verdict'] ?? '') === 'verified' && !$_SESSION['orders'][$uuid]['paid']) {
        $_SESSION['orders'][$uuid]['paid'] = true;
        error_log("paid $uuid {$answer['result']['amount']} {$answer['result']['currency']}");
    }
}
// end

function page(string $title, string $body): void
{
    header('Content-Type: text/html; charset=utf-8');
    echo <<<HTML
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>$title</title>
        <script type="module" src="/xaman/xaman-sign-request.js"></script>
        <h1>$title</h1>
        $body
        </html>
        HTML;
}

// snippet: pages
function refuse(int $status, string $code, string $message): void
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode(['error' => ['code' => $code, 'message' => $message]]);
}

set_exception_handler(function (Throwable $failure): void {
    error_log($failure->getMessage());
    refuse(503, 'unavailable', 'The shop cannot ask Xaman. Try again in a moment.');
});
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$method = $_SERVER['REQUEST_METHOD'];
$uuid = basename($path);
$own = $_SESSION['orders'][$uuid] ?? null; // the order at the end of the path, if it is this visitor's
header('Cache-Control: no-store');
if ($method === 'POST' && $path === '/orders') {
    if (($_SERVER['HTTP_SEC_FETCH_SITE'] ?? '') === 'cross-site') {
        http_response_code(403);
        exit;
    }
    header('Location: /orders/' . order(), true, 303);
} elseif ($own && $path === "/orders/$uuid") {
    page('Your order', "<xaman-sign-request backend=\"/api\" uuid=\"$uuid\"></xaman-sign-request>");
} elseif ($own && $path === "/api/sign-requests/$uuid" && in_array($method, ['GET', 'DELETE'])) {
    [$status, $text] = call($method, $uuid, $own['cookie']);
    settle($uuid, $text);
    http_response_code($status);
    header('Content-Type: application/json');
    echo $text;
} elseif ($path === '/') {
    page('Corner Shop', '<form method="post" action="/orders"><button>Two coffees</button></form>');
} else {
    refuse(404, 'not-found', 'There is no such sign request.');
}
// end
