// Deadlocks, each with its whole circle, and those that block most others.

import { count, duration } from './durations.js';
import { element, named, path, section, setText } from './elements.js';
import { List } from './list.js';
import { lockAddress } from './route.js';
import { table } from './table.js';

export function deadlocks() {
    const items = element('ul', { class: 'attention' });
    const list = new List(items, deadlock => deadlock.cycle.map(wait => wait.attemptId).join(), notice);
    const node = section('Deadlocks', items);
    node.hidden = true;

    return {
        node,
        show(graph) {
            list.show(graph.deadlocks);
            node.hidden = graph.deadlocks.length === 0;
        },
    };
}

export function blockers() {
    return table({
        caption: 'Holders that wait for no lock themselves. What they hold has to end before the others go on.',
        columns: [
            { title: 'Holder', name: true, text: blocker => blocker.holder.owner },
            { title: 'Holds', name: true, text: blocker => blocker.keys.join(', ') },
            { title: 'For', number: true, text: blocker => duration(blocker.heldFor) },
            { title: 'Wait for it', number: true, text: blocker => count(blocker.waits, 'caller', 'callers') },
            { title: 'Blocked in all', number: true, text: blocker => count(blocker.blocked, 'caller', 'callers') },
        ],
        empty: 'No caller has waited for long.',
        keyOf: ({ holder }) => holder.leaseFingerprint ?? `${holder.owner}\n${holder.clientId}`,
    });
}

function notice(deadlock) {
    const age = element('strong');
    const waits = deadlock.cycle.map(wait => element('li', {},
        named(wait.waiter.owner), ' waits for ', element('a', { href: lockAddress(wait.key) }, path(wait.key)), ', held by ', named(wait.holder.owner)));
    const node = element('li', {},
        element('p', {}, element('span', { class: 'mark', 'aria-hidden': 'true' }, '▲ '), 'A circle of waits, for ', age),
        element('ol', { class: 'circle' }, waits),
        element('p', { class: 'muted' }, 'None of them goes on before one gives up or loses its lock. Open one of the locks to cancel its waiter.'));
    return {
        node,
        update(now) {
            setText(age, duration(now.age));
        },
    };
}
