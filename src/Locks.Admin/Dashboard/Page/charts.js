// What happened in the last minutes, as this server's coordinator has measured it.

import { lineChart } from './chart.js';
import { duration, latency } from './durations.js';
import { element, section, setText } from './elements.js';

const perSecond = value => `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))}/s`;

export function charts() {
    const events = lineChart({
        title: 'Events',
        lines: [
            { name: 'grants', words: 'grants', style: 'one' },
            { name: 'releases', words: 'releases', style: 'five' },
            { name: 'denials', words: 'denials', style: 'two' },
            { name: 'expiries', words: 'expiries', style: 'three' },
            { name: 'revocations', words: 'revocations', style: 'four' },
        ],
        format: perSecond,
    });
    const waits = percentiles('Time in the queue until the grant');
    const commits = percentiles('Time of a commit');
    const source = element('p', { class: 'muted' });
    const pictures = element('div', { class: 'charts' }, events.node, waits.node, commits.node);

    return {
        node: section('The last minutes', source, pictures),
        // rates: null where the server has no coordinator.
        show({ rates }) {
            setText(source, rates
                ? 'Measured by the coordinator of this server; another one tells its own at its server.'
                : 'Each coordinator measures its own events. This server has none: look at the page of a server that has, or at its metrics.');
            pictures.hidden = !rates;
            if (!rates) return;
            const span = duration(rates.step * rates.grants.length);
            events.show(rates, span);
            waits.show(rates.waitTime, span);
            commits.show(rates.commitTime, span);
        },
    };
}

function percentiles(title) {
    return lineChart({
        title,
        lines: [{ name: 'median', words: 'median', style: 'one' }, { name: 'p99', words: '99th percentile', style: 'two' }],
        format: latency,
    });
}
