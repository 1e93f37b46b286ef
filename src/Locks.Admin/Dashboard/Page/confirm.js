// Asks for a reason before something is done that can't be undone.

import { post } from './api.js';
import { element, named } from './elements.js';

// { title, name, consequences, action, path, body } ; resolves to whether it was done.
export function confirm({ title, name, consequences, action, path, body }) {
    const reason = element('input', { id: 'reason', type: 'text', required: true, maxlength: 512, autocomplete: 'off', 'aria-describedby': 'reason-use' });
    const trouble = element('p', { class: 'trouble', role: 'alert' });
    const act = element('button', { type: 'submit', class: 'danger' }, action);
    const dismiss = element('button', { type: 'button', onclick: () => dialog.close() }, 'Keep it as it is');
    const form = element('form', { onsubmit: submit },
        element('h2', { id: 'dialog-title' }, `${title} `, named(name), '?'),
        consequences.map(text => element('p', {}, text)),
        element('label', { for: 'reason' }, 'Reason'), reason,
        element('p', { id: 'reason-use', class: 'muted' }, 'The one that it happens to, and the log, get this reason and your name.'),
        trouble,
        element('div', { class: 'buttons' }, dismiss, act));
    const dialog = element('dialog', { 'aria-labelledby': 'dialog-title' }, form);
    let isDone = false;

    async function submit(event) {
        event.preventDefault();
        if (reason.value.trim() === '') {
            trouble.textContent = 'Give a reason.';
            reason.focus();
            return;
        }
        act.disabled = true;
        try {
            await post(path, { ...body, reason: reason.value.trim() });
            isDone = true;
            dialog.close();
        } catch (problem) {
            trouble.textContent = problem.message;
            act.disabled = false;
        }
    }

    document.body.append(dialog);
    dialog.showModal();
    reason.focus();
    const closed = new Promise(resolve => dialog.addEventListener('close', () => {
        dialog.remove();
        resolve(isDone);
    }));
    return {
        closed,
        // What it was asked for is not there any more.
        withdraw(why) {
            act.disabled = true;
            trouble.textContent = why;
        },
    };
}
