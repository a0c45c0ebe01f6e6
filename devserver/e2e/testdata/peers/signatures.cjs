// Prints how many blobs a second verify-xrpl-signature verifies: node signatures.cjs <package> <hex>...
const [, , place, ...blobs] = process.argv;
const { verifySignature } = require(place);

function verify(milliseconds) {
  const end = performance.now() + milliseconds;
  let done = 0;
  while (performance.now() < end) {
    for (const blob of blobs) if (!verifySignature(blob).signatureValid) throw new Error(`not valid: ${blob}`);
    done += blobs.length;
  }
  return done / milliseconds * 1000;
}

verify(500); // until it is compiled
console.log(verify(2000));
