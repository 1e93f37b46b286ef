// The first view: what is contended, by whom, and for how long.

import { attention } from './attention.js';
import { charts } from './charts.js';
import * as columns from './columns.js';
import { cluster } from './cluster.js';
import { blockers, deadlocks } from './deadlocks.js';
import { element, section } from './elements.js';
import { numbers } from './numbers.js';
import { table } from './table.js';

export function overview() {
    const circles = deadlocks();
    const first = attention();
    const blocking = blockers();
    const totals = numbers();
    const contended = table({
        caption: 'The most waiters first. ▲ marks a holder that has had the lock for all of the time that the first waiter has waited.',
        columns: [columns.key, columns.state, columns.holder, columns.heldFor, columns.timeLeft, columns.waiters, columns.longestWait],
        empty: 'No caller waits for a lock.',
        ...columns.lockRows,
    });
    const waits = table({
        caption: 'Locks whose first waiter has waited longest.',
        columns: [columns.key, columns.longestWait, columns.waiters, columns.holder],
        empty: 'No caller waits for a lock.',
        ...columns.lockRows,
    });
    const holders = table({
        caption: 'Holders that have had their locks for longest, whether or not others wait.',
        columns: [columns.key, columns.holder, columns.heldFor, columns.timeLeft],
        empty: 'No lock is held.',
        ...columns.lockRows,
    });
    const history = charts();
    const machines = cluster();

    return {
        title: 'Overview',
        node: element('div', { class: 'view' },
            element('h1', { class: 'hidden' }, 'Overview'),
            circles.node,
            first.node,
            totals.node,
            section('Contended keys', contended.node),
            section('Who blocks whom', blocking.node),
            element('div', { class: 'columns' }, section('Longest waits', waits.node), section('Oldest holders', holders.node)),
            history.node,
            machines.node),
        show(snapshot) {
            const { at, mostContended, longestWaits, oldestHolders = [] } = snapshot.statistics;
            circles.show(snapshot.graph);
            blocking.show(snapshot.graph.blockers);
            // Those in a circle are told of above.
            const circle = new Set(snapshot.graph.deadlocks.flatMap(deadlock => deadlock.cycle.map(wait => wait.key)));
            first.show([...mostContended, ...longestWaits].filter(lock => !circle.has(lock.key)), at);
            totals.show(snapshot.statistics);
            contended.show(mostContended);
            waits.show(longestWaits);
            holders.show(oldestHolders);
            history.show(snapshot);
            machines.show();
        },
    };
}
