// Locks by the beginning of their keys, or by their holder.

import { Problem, get } from './api.js';
import * as columns from './columns.js';
import { count, instant } from './durations.js';
import { element, setText } from './elements.js';
import { table } from './table.js';

export function searchView(query) {
    const [by, text] = query.has('owner') ? ['owner', query.get('owner')] : ['prefix', query.get('prefix') ?? ''];
    let locks = [], next = null;
    const summary = element('p', { role: 'status' }, 'Looking …');
    const found = table({
        caption: 'In the order of their keys. Free locks without waiters are left out.',
        columns: [columns.key, columns.state, columns.holder, columns.heldFor, columns.timeLeft, columns.waiters, columns.longestWait],
        empty: 'No lock is held, or waited for, that matches.',
        ...columns.lockRows,
    });
    const more = element('button', { type: 'button', onclick: read, hidden: true }, 'More');

    async function read() {
        more.disabled = true;
        try {
            const page = await get('locks', { [by]: text, after: next });
            locks = [...locks, ...page.locks];
            next = page.next ?? null;
            found.show(locks);
            // Not renewed, unlike what other views show: so it says of when it is.
            setText(summary, `${count(locks.length, 'lock', 'locks')}${next ? ' so far' : ''}, as of ${instant(page.at, page.at)}.`);
            summary.dataset.at = page.at;
            more.hidden = next === null;
        } catch (error) {
            setText(summary, error instanceof Problem ? error.message : 'The server does not answer.');
        } finally {
            more.disabled = false;
        }
    }

    read();
    return {
        title: 'Search',
        node: element('div', { class: 'view' },
            element('p', {}, element('a', { href: '#/' }, '← Overview')),
            element('h1', {}, by === 'owner' ? 'Locks that are held by ' : 'Keys that begin with ', element('bdi', {}, text || 'anything')),
            summary, found.node, more),
        show() {},
    };
}
