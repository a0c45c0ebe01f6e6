import { useState } from 'react';
import type { ChangeDetail, SettledDetail } from 'xaman-live';
import { XamanSignRequest } from 'xaman-live/react';

// The address names the request: after a reload, or when the wallet leads back, it is shown again, not made again.
const request = new URLSearchParams(location.search).get('request') ?? undefined;

function remember({ uuid }: ChangeDetail) {
  if (uuid) history.replaceState(null, '', `?request=${uuid}`);
}

export function Shop() {
  const [paying, setPaying] = useState(request !== undefined);
  const [settled, setSettled] = useState<SettledDetail>();
  return (
    <main className="shop">
      <section>
        <p className="name">Corner Shop</p>
        <h1>Your order</h1>
        <ul className="list">
          <li><span>Flat white</span> 1.2 XRP</li>
          <li><span>Cappuccino</span> 1.3 XRP</li>
          <li><strong>Together</strong> <strong>2.5 XRP</strong></li>
        </ul>
        {!paying && <button className="button" onClick={() => setPaying(true)}>Pay with Xaman</button>}
        {/* What has been paid for is handed out by the server, which knows. The page only says so. */}
        {settled?.phase === 'verified' && (
          <p className="done" role="status">Paid by {settled.account}. Your coffees are on their way.</p>
        )}
      </section>
      {paying && (
        <section>
          <XamanSignRequest
            backend="/api"
            uuid={request}
            demo={request ? undefined : 'pay'}
            onXamanChange={remember}
            onXamanSettled={setSettled}
          />
        </section>
      )}
    </main>
  );
}
