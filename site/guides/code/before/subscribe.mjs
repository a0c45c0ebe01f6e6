// snippet: subscribe
import { XummSdk } from 'xumm-sdk';

const sdk = new XummSdk(process.env.XAMAN_API_KEY, process.env.XAMAN_API_SECRET);
// end
if (process.env.SANDBOX) sdk.setEndpoint(process.env.SANDBOX); // as the tests of this file do
// snippet: await
const subscription = await sdk.payload.createAndSubscribe(
  { TransactionType: 'Payment', Destination: 'rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe', Amount: '2500000' },
  (event) => {
    if ('signed' in event.data) return event.data;
  },
);
console.log(subscription.created.next.always);

const { signed } = await subscription.resolved;
if (signed) console.log('paid'); // is it? nobody has looked at the ledger
// end
process.exit(0);
