import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import 'xaman-live/fallback.css';
import './style.css';

export const metadata: Metadata = { title: 'Corner Shop' };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <main className="shop">{children}</main>
      </body>
    </html>
  );
}
