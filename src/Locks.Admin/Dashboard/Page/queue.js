// The queue of a key as people draw it: the holder in front, the waiters behind it in their order.

import { count, duration } from './durations.js';
import { element, named, setText } from './elements.js';
import { List } from './list.js';

export function queue({ onCancel }) {
    const line = element('ol', { class: 'queue', 'aria-label': 'The holder, and the waiters in the order in which they are granted' });
    const rest = element('p', { class: 'muted' });
    // An attempt that is granted gets another box: the holder's.
    const list = new List(line, place => `${place.rank ? 'waiter' : 'holder'} ${place.attemptId}`, place => place.rank ? waiterBox(place, onCancel) : holderBox());

    return {
        node: element('div', {}, line, rest),
        show(lock) {
            const holder = lock.holder ? [{ ...lock.holder, state: lock.state }] : [{ attemptId: 'none', owner: null }];
            list.show([...holder, ...lock.queue]);
            const more = lock.waiters - lock.queue.length;
            setText(rest, more > 0 ? `and ${count(more, 'more waiter', 'more waiters')} behind them` : '');
        },
    };
}

function holderBox() {
    const role = element('span', { class: 'role' }), owner = named(''), held = element('span'), cohort = element('span', { class: 'muted' });
    return {
        node: element('li', { class: 'holder' }, role, element('b', {}, owner), held, cohort),
        update(holder) {
            setText(role, { Offered: 'offered to', Cooling: 'released by' }[holder.state] ?? (holder.owner === null ? 'no holder' : 'holder'));
            setText(owner, holder.owner ?? 'free');
            setText(held, holder.owner === null ? '' : `for ${duration(holder.heldFor)}`);
            const behind = holder.cohort?.length ?? 0;
            setText(cohort, behind ? `then ${count(behind, 'member', 'members')} of its cohort` : '');
        },
    };
}

function waiterBox(first, onCancel) {
    let current = first;
    const rank = element('span', { class: 'role' }), owner = named(''), waits = element('span'), left = element('span', { class: 'muted' });
    const cancel = element('button', { type: 'button', class: 'quiet', onclick: () => onCancel(current) }, 'Cancel …');
    return {
        node: element('li', {}, rank, element('b', {}, owner), waits, left, cancel),
        update(waiter) {
            current = waiter;
            setText(rank, waiter.rank === 1 ? '1 · next' : `${waiter.rank}`);
            setText(owner, waiter.owner);
            setText(waits, `waits for ${duration(waiter.waitedFor)}`);
            setText(left, `gives up in ${duration(waiter.timeLeft)}`);
            cancel.setAttribute('aria-label', `Cancel waiter ${waiter.rank}, ${waiter.owner}`);
        },
    };
}
