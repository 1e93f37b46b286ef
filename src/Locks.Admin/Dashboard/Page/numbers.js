// How many locks there are in each state, and how many callers wait.

import { duration } from './durations.js';
import { element, section, setText } from './elements.js';

const WORDS = [
    ['held', 'held'],
    ['waiters', 'callers waiting'],
    ['contended', 'locks contended'],
    ['longestWait', 'longest wait'],
    ['offered', 'offered'],
    ['cooling', 'cooling down'],
    ['free', 'free, used lately'],
    ['leases', 'shared leases'],
];

export function numbers() {
    const values = WORDS.map(([name, words]) => {
        const value = element('dd', { 'data-number': name }, '–');
        return { name, value, node: element('div', {}, element('dt', {}, words), value) };
    });
    const bound = element('p', { class: 'muted', hidden: true },
        'There are more locks than a count looks at: the numbers by state are lower bounds.');

    return {
        node: section('Numbers', element('dl', { class: 'numbers' }, values.map(({ node }) => node)), bound),
        show(statistics) {
            for (const { name, value } of values) {
                setText(value, name === 'longestWait' ? duration(statistics.longestWait) : statistics[name].toLocaleString('en'));
            }
            bound.hidden = !statistics.isTruncated;
        },
    };
}
