// Calls the server's API. The key of access stays in this module's memory: it is in no storage that outlives the page or that other
// scripts of this origin could read, and a reload asks for it again.

// Beside the folder of this file, wherever the application has put it.
const API = new URL('../api/v1/', import.meta.url);

let accessKey = null;
let asking = null;
let ask = async () => null;

// How a key is asked for: a function that gets the problem and returns the key.
export function onAccessNeeded(askForKey) {
    ask = askForKey;
}

// The server refused, or could not serve. The message is for people.
export class Problem extends Error {
    constructor(status, { type, title, detail } = {}) {
        super(detail ?? title ?? `The server answered with status ${status}.`);
        this.status = status;
        this.needsKey = type?.endsWith('#key-required') ?? false;
    }
}

export async function open(path, signal) {
    for (;;) {
        const usedKey = accessKey;
        const response = await fetch(new URL(path, API), { headers: headers(), signal, cache: 'no-store' });
        if (response.ok) return response;
        const problem = await problemOf(response);
        // Where the application itself knows its users, there is no key to ask for.
        if (!problem.needsKey) throw problem;
        // Several calls find out at the same time; one of them asks.
        if (usedKey === accessKey) await askOnce(problem);
    }
}

export async function get(path, parameters = {}, signal = undefined) {
    const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== '');
    const query = new URLSearchParams(given).toString();
    return (await open(`${path}${query && `?${query}`}`, signal)).json();
}

export async function post(path, body) {
    const response = await fetch(new URL(path, API), {
        method: 'POST',
        headers: { ...headers(), 'Content-Type': 'application/json', 'X-Locks-Admin': '1' },
        body: JSON.stringify(body),
    });
    if (!response.ok) throw await problemOf(response);
}

const headers = () => accessKey ? { Authorization: `Bearer ${accessKey}` } : {};

async function problemOf(response) {
    try {
        return new Problem(response.status, await response.json());
    } catch {
        return new Problem(response.status);
    }
}

async function askOnce(problem) {
    asking ??= ask(problem).finally(() => { asking = null; });
    accessKey = await asking;
}
