package sandbox

// app is an application registered with the platform, the owner of an API key.
type app struct {
	key, secret       string
	name, description string
	disabled          bool
}

// apps are fixed. The second shows that another application's payload is simply unknown, the third
// what a disabled application is told.
var apps = []app{
	{key: Key, secret: Secret, name: "Corner Shop", description: "Coffee"},
	{key: "5a6d0c1e-0000-4000-8000-000000000003", secret: "5a6d0c1e-0000-4000-8000-000000000004", name: "Other Shop", description: "Tea"},
	{key: "5a6d0c1e-0000-4000-8000-000000000005", secret: "5a6d0c1e-0000-4000-8000-000000000006", name: "Closed Shop", description: "Out of business", disabled: true},
}
