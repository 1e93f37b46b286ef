// Asks for the key of access.

import { element } from './elements.js';

export function askForKey(problem) {
    const key = element('input', { id: 'access-key', type: 'password', required: true, autocomplete: 'off' });
    const form = element('form', { onsubmit: submit },
        element('h2', { id: 'access-title' }, 'This server needs a key'),
        element('p', { role: 'alert' }, problem.message),
        element('label', { for: 'access-key' }, 'Key'), key,
        element('p', { class: 'muted' }, 'It is one of Locks:Admin:ReadKeys or WriteKeys. This page forgets it when it is reloaded.'),
        element('div', { class: 'buttons' }, element('button', { type: 'submit' }, 'Use it')));
    const dialog = element('dialog', { 'aria-labelledby': 'access-title', oncancel: event => event.preventDefault() }, form);
    let resolve;

    function submit(event) {
        event.preventDefault();
        dialog.close();
        dialog.remove();
        resolve(key.value);
    }

    document.body.append(dialog);
    dialog.showModal();
    return new Promise(given => { resolve = given; });
}
