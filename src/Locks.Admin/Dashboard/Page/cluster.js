// Shared leases and coordinators: what changes seldom, read now and then.

import { get } from './api.js';
import { duration, instant } from './durations.js';
import { element, section } from './elements.js';
import { table } from './table.js';

const EVERY = 5_000;

export function cluster() {
    let last = -Infinity, at = null;
    const leases = table({
        caption: 'Many locks live and die with one shared lease.',
        columns: [
            { title: 'Owner', name: true, text: lease => lease.owner },
            { title: 'Locks', number: true, text: lease => `${lease.locks}` },
            { title: 'Ends in', number: true, text: lease => duration(lease.timeLeft) },
            { title: 'Lease', name: true, text: lease => lease.leaseFingerprint },
        ],
        keyOf: lease => lease.leaseFingerprint,
        empty: 'No shared lease lives.',
    });
    const coordinators = table({
        caption: 'The processes that decide, as they announce themselves to each other.',
        columns: [
            { title: 'Machine', name: true, text: item => item.machine ?? 'not told' },
            { title: 'Version', name: true, text: item => item.version ?? 'not told' },
            { title: 'Partitions', name: true, text: item => item.queues.join(', ') || 'none' },
            { title: 'Started', text: item => item.startedAt ? instant(item.startedAt, at) : 'not told' },
            { title: 'Clock', number: true, text: clock },
        ],
        keyOf: item => item.id,
        empty: 'No coordinator has announced itself.',
    });

    const node = element('div', { class: 'columns' }, section('Shared leases', leases.node), section('Coordinators', coordinators.node));

    async function read() {
        try {
            const [page, all] = await Promise.all([get('leases'), get('coordinators')]);
            at = page.at;
            leases.show(page.leases);
            coordinators.show(all.coordinators);
            node.dataset.at = at;
        } catch {
            // The stream of snapshots tells that the server is away.
        }
    }

    return {
        node,
        show() {
            if (performance.now() - last < EVERY) return;
            last = performance.now();
            read();
        },
    };
}

function clock({ clockOffset, clockError }) {
    if (clockError === null || clockError === undefined) return 'the store’s time is not known';
    const ahead = Math.round(clockOffset ?? 0);
    return ahead === 0 ? 'right' : `${Math.abs(ahead)} ms ${ahead > 0 ? 'ahead' : 'behind'}`;
}
