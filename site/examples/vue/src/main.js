import { createApp } from 'vue';
import 'xaman-live';
import 'xaman-live/fallback.css';
import './style.css';
import Shop from './Shop.vue';

createApp(Shop).mount('#app');
