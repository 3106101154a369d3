// Finds, as a person would, the visible thing of this role with this name.
// Called with a role, a name, and which of several; null if there is none.
const [role, name, which] = arguments;
const OF = {
  button: 'button, [role=button], summary',
  link: 'a[href], [role=link]',
  textbox: 'input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, [role=textbox]',
  checkbox: 'input[type=checkbox]:not([role=switch]), [role=checkbox]',
  radio: 'input[type=radio], [role=radio]',
  switch: '[role=switch]',
  combobox: 'select, [role=combobox], button[aria-haspopup=listbox]',
  option: 'option, [role=option]',
  heading: 'h1, h2, h3, h4, [role=heading]',
};
const words = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const named = (element) => {
  const by = element.getAttribute('aria-labelledby');
  if (by) return words(by.split(/\s+/).map((id) => document.getElementById(id)?.textContent).join(' '));
  const own = element.getAttribute('aria-label');
  if (own) return words(own);
  if (element.labels?.length) return words([...element.labels].map((label) => label.textContent).join(' '));
  return words(element.textContent) || words(element.title) || words(element.placeholder);
};
const shown = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden'
    && !element.closest('[inert], [aria-hidden=true]');
};
const all = [...document.querySelectorAll(OF[role] ?? `[role=${role}]`)].filter(shown);
const called = all.filter((element) => named(element) === name);
const begin = called.length ? called : all.filter((element) => named(element).startsWith(name));
return begin.at(which === 'last' ? -1 : 0) ?? null;
