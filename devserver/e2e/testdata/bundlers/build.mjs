// Builds the page beside this file with one bundler, as its documentation says, into a folder.
import { copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const [bundler, to] = process.argv.slice(2);
const outDir = resolve(to);
const entry = resolve('app.js');

const bundlers = {
  async vite() {
    const { build } = await import('vite');
    await build({ logLevel: 'warn', build: { outDir } });
  },
  async webpack() {
    const { default: webpack } = await import('webpack');
    const output = { path: outDir, filename: 'app.js', clean: true };
    const compiler = webpack({ mode: 'production', entry, output, performance: { hints: false } });
    const stats = await new Promise((done, fail) => { compiler.run((error, it) => (error ? fail(error) : done(it))); });
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
  },
  async rollup() {
    const [{ rollup }, { default: resolver }, { importMetaAssets }] = await Promise.all([
      import('rollup'), import('@rollup/plugin-node-resolve'), import('@web/rollup-plugin-import-meta-assets'),
    ]);
    const onwarn = ({ message }) => { throw new Error(message); };
    const bundle = await rollup({ input: entry, plugins: [resolver(), importMetaAssets()], onwarn });
    await bundle.write({ dir: outDir, format: 'es' });
    await bundle.close();
  },
  async esbuild() {
    const [{ build }, { default: metaUrl }] = await Promise.all([
      import('esbuild'), import('@chialab/esbuild-plugin-meta-url'),
    ]);
    const loader = { '.wasm': 'file', '.css': 'file', '.json': 'file' };
    const { warnings } = await build({
      entryPoints: [entry], outdir: outDir, bundle: true, format: 'esm', plugins: [metaUrl()], loader, logLevel: 'error',
    });
    if (warnings.length > 0) throw new Error(warnings[0].text);
  },
};

await bundlers[bundler]();
if (bundler !== 'vite') { // which makes a page of its own
  for (const name of ['index.html', 'icon.svg']) await copyFile(name, resolve(outDir, name));
}
