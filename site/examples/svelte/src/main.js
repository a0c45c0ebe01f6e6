import { mount } from 'svelte';
import 'xaman-live';
import 'xaman-live/fallback.css';
import './style.css';
import Shop from './Shop.svelte';

mount(Shop, { target: document.getElementById('app') });
