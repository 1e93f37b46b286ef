// Addresses within the page: what is behind the # is sent to no server.

export const lockAddress = key => `#/lock?${new URLSearchParams({ key })}`;

export const searchAddress = (by, text) => `#/search?${new URLSearchParams({ [by]: text })}`;

export function currentRoute() {
    const [path, query] = location.hash.slice(1).split('?', 2);
    return { path: path || '/', query: new URLSearchParams(query) };
}
