import type { ReactNode } from 'react';

export function Basket({ children }: { children: ReactNode }) {
  return (
    <section>
      <p className="name">Corner Shop</p>
      <h1>Your order</h1>
      <ul className="list">
        <li><span>Two coffees</span> <strong>2.5 XRP</strong></li>
      </ul>
      {children}
    </section>
  );
}
