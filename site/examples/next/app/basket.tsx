import type { ReactNode } from 'react';

export function Basket({ children }: { children: ReactNode }) {
  return (
    <section>
      <p className="name">Corner Shop</p>
      <h1>Your order</h1>
      <ul className="list">
        <li><span>Flat white</span> 1.2 XRP</li>
        <li><span>Cappuccino</span> 1.3 XRP</li>
        <li><strong>Together</strong> <strong>2.5 XRP</strong></li>
      </ul>
      {children}
    </section>
  );
}
