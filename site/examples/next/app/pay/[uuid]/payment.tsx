'use client';

import { useState } from 'react';
import type { CreatedPayload, SettledDetail } from 'xaman-live';
import { XamanSignRequest } from 'xaman-live/react';
import { Basket } from '../../basket';

export function Payment(request: { payload?: CreatedPayload; platform?: string; uuid?: string }) {
  const [settled, setSettled] = useState<SettledDetail>();
  return (
    <>
      <Basket>
        {/* What has been paid for is handed out by the server, which knows. The page only says so. */}
        {settled?.phase === 'verified' && (
          <p className="done" role="status">Paid by {settled.account}. Your coffees are on their way.</p>
        )}
      </Basket>
      <section>
        <XamanSignRequest {...request} backend="/api" onXamanSettled={setSettled} />
      </section>
    </>
  );
}
