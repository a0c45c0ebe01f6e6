package config

// file has the keys of a configuration file. Those with a flag are what the flag of the server says otherwise.
type file struct {
	Server    server             `toml:"server"`
	Platform  platform           `toml:"platform"`
	Record    recorded           `toml:"record"`
	Networks  map[string]network `toml:"networks"`
	Offers    map[string]offer   `toml:"offers"`
	Callbacks map[string]told    `toml:"callbacks"`
}

type server struct {
	Name           string   `toml:"name"`
	Addr           string   `toml:"addr" flag:"addr"`
	Origin         string   `toml:"origin" flag:"origin"`
	AllowOrigins   []string `toml:"allow_origins" flag:"allow-origin"`
	PrivateAddr    string   `toml:"private_addr" flag:"private-addr"`
	PrivateKeys    []Secret `toml:"private_keys"`
	TrustedProxies []string `toml:"trusted_proxies" flag:"trusted-proxy"`
	TLSCert        string   `toml:"tls_cert" flag:"tls-cert"`
	TLSKey         string   `toml:"tls_key" flag:"tls-key"`
	Log            string   `toml:"log" flag:"log"`
	Site           string   `toml:"site" flag:"site"`
	SandboxAddr    string   `toml:"sandbox_addr" flag:"sandbox-addr"`
	Network        string   `toml:"network"`
}

type platform struct {
	URL       string  `toml:"url" flag:"platform"`
	APIKey    *Secret `toml:"api_key"`
	APISecret *Secret `toml:"api_secret"`
}

type recorded struct {
	Folder       string  `toml:"folder" flag:"data"`
	URL          *Secret `toml:"url"`
	Keep         int     `toml:"keep" flag:"keep"`
	KeepVerified int     `toml:"keep_verified" flag:"keep-verified"`
}

type network struct {
	ID     *uint32  `toml:"id"`
	Nodes  []string `toml:"nodes"`
	Quorum int      `toml:"quorum"`
}

// offer has the keys of all kinds of offers. Which of them a kind takes, [kinds] says.
type offer struct {
	Kind        string  `toml:"kind"`
	Label       string  `toml:"label"`
	Instruction string  `toml:"instruction"`
	Network     string  `toml:"network"`
	Callback    string  `toml:"callback"`
	Expire      *int    `toml:"expire"`
	To          string  `toml:"to"`
	Tag         *uint32 `toml:"tag"`
	Amount      string  `toml:"amount"`
	Min         string  `toml:"min"`
	Max         string  `toml:"max"`
	SendMax     string  `toml:"send_max"`
	Limit       string  `toml:"limit"`
	Currency    string  `toml:"currency"`
	Issuer      string  `toml:"issuer"`
	Side        string  `toml:"side"`
	NFT         string  `toml:"nft"`
	Owner       string  `toml:"owner"`
	Offer       string  `toml:"offer"`
	TxJSON      string  `toml:"txjson"`
	Submit      *bool   `toml:"submit"`
}

// told is where verdicts are told.
type told struct {
	URL     string   `toml:"url"`
	Secrets []Secret `toml:"secrets"`
	All     bool     `toml:"all"`
}
