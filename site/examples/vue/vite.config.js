import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const backend = process.env.BACKEND ?? 'http://127.0.0.1:8080';

export default defineConfig({
  // Or Vue looks for a component of that name.
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'xaman-sign-request' } } })],
  // The backend sees the page's own host, as behind any other proxy: so it knows its own pages from foreign ones.
  server: { proxy: { '/api': { target: backend, changeOrigin: false } } },
});
