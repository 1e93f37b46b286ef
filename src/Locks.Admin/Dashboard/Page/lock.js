// One lock: its holder and its queue, how its last attempts ended, and what an operator can do.

import { Problem, get } from './api.js';
import { confirm } from './confirm.js';
import { duration, instant } from './durations.js';
import { element, named, path, section, setText } from './elements.js';
import { queue } from './queue.js';
import { table } from './table.js';
import { isStuck, leaseSentence, queueSentence, stateOf } from './verdict.js';

const ENDINGS = {
    Released: 'released', Lost: 'lost: its lease ended, or it was revoked', Cancelled: 'cancelled by its client',
    CancelledByOperator: 'cancelled by an operator', Busy: 'denied: busy', QueueFull: 'denied: the queue was full',
    Deadlock: 'denied, to end a deadlock', WaitTimedOut: 'waited in vain until its deadline', LeaseNotFound: 'its shared lease had ended', Silent: 'passed over: its session was silent',
    Revocation: 'a revocation, which took the lock', RevocationOfNothing: 'a revocation that found no holder',
};

export function lockView(key, { tell }) {
    let current = null, open = null, isReading = false;
    const state = element('p', { class: 'verdict' }), sentence = element('p'), lease = element('p', { class: 'muted' });
    const release = element('button', { type: 'button', class: 'danger', onclick: forceRelease }, 'Force release …');
    // Until it is known who holds the lock.
    release.disabled = true;
    const boxes = queue({ onCancel: cancelWaiter });
    const details = element('dl', { class: 'details' });
    const history = table({
        caption: 'The attempts that the lock remembers, the latest first.',
        columns: [
            { title: 'Held since', class: 'words', text: item => item.grantedAt ? instant(item.grantedAt, current.at) : '–' },
            { title: 'Ended', class: 'words', text: item => instant(item.endedAt, current.at) },
            { title: 'How', class: 'words', text: item => ENDINGS[item.ending] ?? item.ending },
            { title: 'Owner', name: true, text: item => item.owner ?? '–' },
            { title: 'Fencing token', number: true, text: item => `${item.fencingToken ?? '–'}` },
            { title: 'Attempt', text: item => item.attemptId },
        ],
        keyOf: item => `${item.attemptId} ${item.endedAt}`,
        empty: 'It remembers none.',
    });

    async function read() {
        if (isReading) return;
        isReading = true;
        try {
            show(await get('lock', { key }));
        } catch (error) {
            setText(state, error instanceof Problem ? error.message : 'The server does not answer.');
        } finally {
            isReading = false;
        }
    }

    function show(lock) {
        current = { ...lock, longestWait: lock.queue[0]?.waitedFor ?? null };
        const { holder } = current;
        setText(state, stateOf(current));
        state.classList.toggle('stuck', isStuck(current));
        setText(sentence, holder
            ? `${holder.owner} ${holder.releasedAt ? 'got it' : 'has held it for'} ${duration(holder.heldFor)}${holder.releasedAt ? ' ago' : ''}. ${queueSentence(current)}`
            : `No attempt holds it. ${queueSentence(current)}`);
        setText(lease, holder ? leaseSentence(holder, lock.at) : '');
        release.disabled = !holder || Boolean(holder.releasedAt);
        boxes.show(current);
        boxes.node.dataset.at = lock.at;
        showDetails(current);
        history.show(lock.history);
        if (open && open.attemptId !== holder?.attemptId) open.dialog.withdraw('The holder has changed meanwhile. Close this, and look again.');
    }

    function showDetails({ holder, lastFencingToken, at }) {
        const rows = holder ? [
            ['Fencing token', holder.fencingToken],
            ['Held since', instant(holder.grantedAt, at)],
            ['Lease', duration(holder.ttl)],
            ['Lease ends', instant(holder.expiresAt, at)],
            ['Renewed', holder.renewedAt ? instant(holder.renewedAt, at) : 'not yet'],
            ['Session', holder.clientId ?? 'not named'],
            ['Shared lease', holder.leaseFingerprint],
            ['Attempt', holder.attemptId],
        ] : [['Last fencing token', lastFencingToken || 'none is known']];
        const shown = rows.filter(([, value]) => value !== null && value !== undefined);
        const text = JSON.stringify(shown);
        if (details.dataset.shown === text) return;
        details.dataset.shown = text;
        details.replaceChildren(...shown.map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, named(`${value}`)))));
    }

    async function forceRelease() {
        const { holder, waiters } = current;
        const dialog = confirm({
            title: 'Force release',
            name: key,
            consequences: [
                `The lock is taken from ${holder.owner} at once, which may be in the middle of its work. Only a resource that checks the fencing token refuses what it still writes.`,
                waiters ? 'The first waiter gets the lock.' : 'No caller waits for it.',
            ],
            action: 'Force release',
            path: 'lock/force-release',
            body: { key, fencingToken: holder.fencingToken },
        });
        open = { dialog, attemptId: holder.attemptId };
        if (await dialog.closed) tell(`${key} was taken from ${holder.owner}.`);
        open = null;
        release.focus();
        await read();
    }

    async function cancelWaiter({ attemptId, owner }) {
        const dialog = confirm({
            title: 'Cancel the waiter',
            name: owner,
            consequences: [`Its caller leaves the queue of ${key} and gets an error at once. A waiter that holds the lock by then keeps it.`],
            action: 'Cancel the waiter',
            path: 'lock/cancel-waiter',
            body: { key, attemptId },
        });
        if (await dialog.closed) tell(`${owner} waits no longer for ${key}.`);
        await read();
    }

    read();
    return {
        title: key,
        node: element('div', { class: 'view' },
            element('p', {}, element('a', { href: '#/' }, '← Overview')),
            element('h1', {}, path(key)),
            state, sentence, lease,
            element('p', {}, release),
            section('Queue', boxes.node),
            section('Holder', details),
            section('History', history.node)),
        show: read,
    };
}
