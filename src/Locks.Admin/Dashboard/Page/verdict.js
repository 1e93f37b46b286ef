// What is to be said about a lock. Decides by the numbers of one answer alone, and touches no element.

import { between, count, duration } from './durations.js';

// As long as the default lease: a holder that crashed has lost its lock by then.
export const LONG_WAIT = 30_000;

// One holder has had the lock for all of the time that the first waiter has waited, and that is long. A hot key has long queues as well,
// but its holders change; a slow holder ends.
export function isStuck({ holder, longestWait }) {
    return Boolean(holder) && !holder.releasedAt && (longestWait ?? 0) >= LONG_WAIT && holder.heldFor >= longestWait;
}

export function stateOf(lock) {
    if (isStuck(lock)) return '▲ Looks stuck';
    switch (lock.state) {
        case 'Offered': return 'Offered, not confirmed yet';
        case 'Cooling': return 'Cooling down';
        default: return lock.state;
    }
}

// The last renewal says whether the process lives.
export function leaseSentence(holder, at) {
    if (holder.releasedAt) return `It was released, and is kept from others for ${duration(holder.timeLeft)} more.`;
    if (holder.leaseFingerprint) return `It lives on a shared lease, which ends in ${duration(holder.timeLeft)} unless it is renewed.`;
    const end = `ends in ${duration(holder.timeLeft)} unless it is renewed`;
    return holder.renewedAt
        ? `Its process lives: it renewed the lease ${duration(between(holder.renewedAt, at))} ago, which ${end}.`
        : `Its lease of ${duration(holder.ttl)} was not renewed yet, and ${end}.`;
}

export function queueSentence({ waiters, longestWait }) {
    if (!waiters) return 'No caller waits for it.';
    return `${waiters === 1 ? '1 caller waits' : `${count(waiters, '', 'callers wait')}`} for it, the first for ${duration(longestWait)}.`;
}
