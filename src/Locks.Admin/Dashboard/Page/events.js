// Reads the stream of snapshots. Not with EventSource, which can't send the key of access.

import { Problem, open } from './api.js';

const FIRST_PAUSE = 500, LONGEST_PAUSE = 5_000;

// Snapshots come every second. A connection that fell silent does not say so by itself.
const SILENCE = 10_000;

// Runs for as long as the page lives.
export async function follow({ onSnapshot, onTrouble }) {
    let pause = FIRST_PAUSE;
    for (;;) {
        const abort = new AbortController();
        try {
            const response = await open('events', abort.signal);
            for await (const { type, data } of events(response.body, abort)) {
                pause = FIRST_PAUSE;
                if (type === 'snapshot') onSnapshot(JSON.parse(data));
                else if (type === 'problem') onTrouble(JSON.parse(data).detail);
            }
            onTrouble('The server ended the stream.');
        } catch (error) {
            onTrouble(error instanceof Problem ? error.message : 'The server does not answer.');
        } finally {
            abort.abort();
        }
        await new Promise(resolve => setTimeout(resolve, pause));
        pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
}

async function* events(body, abort) {
    let [type, data] = ['message', []];
    for await (const line of lines(body, abort)) {
        if (line === '') {
            if (data.length > 0) yield { type, data: data.join('\n') };
            [type, data] = ['message', []];
            continue;
        }
        const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
        if (field === 'event') type = value;
        else if (field === 'data') data.push(value);
    }
}

async function* lines(body, abort) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
        const silence = setTimeout(() => abort.abort(), SILENCE);
        const { done, value } = await reader.read().finally(() => clearTimeout(silence));
        if (done) return;
        const parts = (rest + value).split('\n');
        rest = parts.pop();
        for (const part of parts) yield part.endsWith('\r') ? part.slice(0, -1) : part;
    }
}
