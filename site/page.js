// What the pages of this site share. A script whose tag says that it waits for no style sheet and no other script
// may be there before the page is.
if (document.readyState === 'loading') {
  await new Promise((whole) => { document.addEventListener('readystatechange', whole, { once: true }); });
}

export const by = (id) => document.getElementById(id);

/** An element with properties and children; text among the children is text, never markup. */
export function make(name, properties = {}, ...children) {
  const { data = {}, ...rest } = properties;
  const element = Object.assign(document.createElement(name), rest);
  Object.assign(element.dataset, data);
  element.append(...children);
  return element;
}

/** The JSON at a URL, or null: a static host answers with a page of its own, or with none. */
export async function ask(url, options) {
  const answer = await fetch(url, { cache: 'no-store', ...options }).catch(() => null);
  if (!answer?.ok || !answer.headers.get('Content-Type')?.startsWith('application/json')) return null;
  return answer.json();
}

// Buttons that copy the text of the element that they name.
for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    const before = button.textContent;
    const text = by(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.value ?? text.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(text);
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}
