import { mount } from 'svelte';
import { writable } from 'svelte/store';
import App from './App.js';

export function show(place, { settled, ...properties }) {
  const given = writable(properties);
  mount(App, { target: place, props: { given, settled } });
  return (changes) => given.set({ ...properties, ...changes });
}
