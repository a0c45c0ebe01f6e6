// Where the backend is, as this server reaches it. Browsers ask it under this site's own origin, see proxy.ts.
export const backend = process.env.BACKEND ?? 'http://127.0.0.1:8080';
