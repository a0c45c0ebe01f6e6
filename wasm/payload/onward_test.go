package payload

import "testing"

func TestSafeReturn(t *testing.T) {
	const page = "https://shop.example"
	allowed := []string{
		"https://pay.example:8443", "http://127.0.0.1:8080", "http://plain.example", "javascript:", "https:/",
	}
	tests := map[string]bool{
		"https://shop.example":                       true,
		"https://shop.example/":                      true,
		"https://shop.example/thanks?order=1#top":    true,
		"https://pay.example:8443/done":              true,
		"http://127.0.0.1:8080/done":                 true,
		"":                                           false,
		"/thanks":                                    false,
		"http://shop.example/":                       false,
		"https://shop.example.evil.example/":         false,
		"https://shop.example@evil.example/":         false,
		"https://shop.example:444/":                  false,
		"https://pay.example/done":                   false,
		"https://evil.example/https://shop.example/": false,
		"http://plain.example/":                      false,
		"javascript:/alert(1)":                       false,
		"https://evil.example/":                      false,
	}
	for url, want := range tests {
		if got := SafeReturn(url, page, allowed); got != want {
			t.Errorf("%q: got %t, want %t", url, got, want)
		}
	}
	if SafeReturn("null/x", "null", nil) || SafeReturn("/x", "", nil) {
		t.Error("a page without an origin leads somewhere")
	}
}
