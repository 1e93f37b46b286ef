// The locks that look stuck, above everything else: who holds what, since when, who waits, and why it takes so long.

import { duration } from './durations.js';
import { element, named, path, section, setText } from './elements.js';
import { List } from './list.js';
import { lockAddress } from './route.js';
import { LONG_WAIT, isStuck, leaseSentence, queueSentence } from './verdict.js';

export function attention() {
    const items = element('ul', { class: 'attention' });
    const calm = element('p', { class: 'empty' },
        `No holder keeps others waiting: none has held its lock for all of the time that the first waiter has waited, if that is ${duration(LONG_WAIT)} or more.`);
    const list = new List(items, lock => lock.key, notice);

    return {
        node: section('Look at these first', items, calm),
        show(locks, at) {
            const byKey = new Map(locks.filter(isStuck).map(lock => [lock.key, { ...lock, at }]));
            const stuck = [...byKey.values()].sort((one, other) => other.longestWait - one.longestWait);
            list.show(stuck);
            items.hidden = stuck.length === 0;
            calm.hidden = stuck.length > 0;
        },
    };
}

function notice({ key }) {
    const owner = named(''), held = element('strong'), waiting = element('strong'), lease = element('span');
    const node = element('li', {},
        element('p', {}, element('span', { class: 'mark', 'aria-hidden': 'true' }, '▲ '), element('a', { href: lockAddress(key) }, path(key)), ' looks stuck.'),
        element('p', {}, element('b', {}, owner), ' has held it for ', held, '. ', waiting),
        element('p', { class: 'muted' }, lease));
    return {
        node,
        update(lock) {
            setText(owner, lock.holder.owner);
            setText(held, duration(lock.holder.heldFor));
            setText(waiting, queueSentence(lock));
            setText(lease, leaseSentence(lock.holder, lock.at));
        },
    };
}
