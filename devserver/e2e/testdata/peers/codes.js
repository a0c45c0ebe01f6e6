// Times the making of codes, from a link to an SVG: window.codes is {microseconds for each, by name}.
import exec from './exec.js';
import { correction, generate } from './lean-qr.js';
import { toSvgSource } from './lean-qr-svg.js';
import qrcode from './qrcode-generator.js';

const link = 'https://xumm.app/sign/f57fc8ad-0fd9-4b73-8e50-3e3a5a1b6b0f';
exec(globalThis, { writeSync: (fd, bytes) => bytes.length });
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiateStreaming(fetch('./code.wasm'), go.importObject);
go.run(instance);

const makers = {
  ours: () => instance.exports.draw(1),
  'lean-qr': () => toSvgSource(generate(link, { minCorrectionLevel: correction.M })).length,
  'qrcode-generator': () => {
    const code = qrcode(0, 'M');
    code.addData(link);
    code.make();
    return code.createSvgTag().length;
  },
};

function time(make, milliseconds) {
  const began = performance.now();
  let made = 0;
  for (; performance.now() < began + milliseconds; made++) if (!make()) throw new Error('nothing was drawn');
  return (performance.now() - began) / made * 1000;
}

window.codes = {};
for (const make of Object.values(makers)) time(make, 1000); // until all of them are compiled
for (const [name, make] of Object.entries(makers)) window.codes[name] = time(make, 1000);
window.codes.done = 1;
