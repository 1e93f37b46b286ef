// The columns of tables of locks, one way for each thing that is told of a lock.

import { count, duration } from './durations.js';
import { lockAddress } from './route.js';
import { isStuck, stateOf } from './verdict.js';

export const key = { title: 'Key', link: lock => lockAddress(lock.key), text: lock => lock.key };
export const state = { title: 'State', text: stateOf, class: 'state' };
export const holder = { title: 'Holder', name: true, text: lock => lock.holder?.owner ?? '–' };
export const heldFor = { title: 'Has held it for', number: true, text: lock => duration(lock.holder?.heldFor) };
export const timeLeft = { title: 'Lease ends in', number: true, text: lock => duration(lock.holder?.timeLeft) };
export const waiters = { title: 'Waiting', number: true, text: lock => count(lock.waiters, 'caller', 'callers') };
export const longestWait = { title: 'The first for', number: true, text: lock => duration(lock.longestWait) };

export const lockRows = { keyOf: lock => lock.key, rowClass: lock => isStuck(lock) ? 'stuck' : '' };
