import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'xaman-live/fallback.css';
import './style.css';
import { Shop } from './Shop';

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <Shop />
  </StrictMode>,
);
