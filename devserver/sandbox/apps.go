package sandbox

import "github.com/xaman-live/xaman-live/devserver/sandbox/engine"

// apps are the applications, the first with its webhooks. The second shows that another application's payload is simply
// unknown, the third what a disabled application is told.
func apps(webhookURL string) []engine.App {
	const prefix = "5a6d0c1e-0000-4000-8000-00000000000"
	return []engine.App{
		{
			Key: Key, Secret: Secret, Name: "Corner Shop", Description: "Coffee", Icon: "/assets/shop.svg",
			WebhookURL: webhookURL,
		},
		{Key: prefix + "3", Secret: prefix + "4", Name: "Other Shop", Description: "Tea", Icon: "/assets/tea.svg"},
		{
			Key: prefix + "5", Secret: prefix + "6", Name: "Closed Shop", Description: "Out of business",
			Icon: "/assets/closed.svg", Disabled: true,
		},
	}
}
