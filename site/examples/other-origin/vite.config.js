import { defineConfig } from 'vite';

// The page has the host of its backend, by its number as well: browsers send cookies from one port to another, but not
// from localhost to 127.0.0.1.
export default defineConfig({ server: { host: '127.0.0.1' } });
