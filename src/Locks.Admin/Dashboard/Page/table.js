// A table that becomes cards on a narrow screen. The roles are named, because a cell that is displayed as a block loses its own.

import { element, path, setText } from './elements.js';
import { List } from './list.js';

// columns: [{ title, text(item), link?(item), name?, number?, class? }]; a column of names shows what others chose.
export function table({ caption, columns, keyOf, empty, rowClass = () => '' }) {
    const body = element('tbody', { role: 'rowgroup' });
    const heads = columns.map(column => element('th', { scope: 'col', role: 'columnheader', class: column.number ? 'number' : null }, column.title));
    const whole = element('table', { role: 'table' },
        element('caption', {}, caption),
        element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, heads)),
        body);
    const nothing = element('p', { class: 'empty' }, empty);
    const rows = new List(body, keyOf, item => row(columns, item, rowClass));

    return {
        node: element('div', {}, whole, nothing),
        show(items) {
            rows.show(items);
            whole.hidden = items.length === 0;
            nothing.hidden = items.length > 0;
        },
    };
}

function row(columns, first, rowClass) {
    const node = element('tr', { role: 'row' });
    const updates = columns.map(column => {
        const content = column.link ? element('a', { href: column.link(first) }, path(column.text(first))) : element(column.name ? 'bdi' : 'span');
        const isHeader = Boolean(column.link);
        node.append(element(isHeader ? 'th' : 'td', {
            'role': isHeader ? 'rowheader' : 'cell',
            'scope': isHeader ? 'row' : null,
            'data-label': column.title,
            'class': [column.number && 'number', column.class].filter(Boolean).join(' ') || null,
        }, content));
        // The text of a link is its row's key, which stays.
        return column.link ? () => {} : item => setText(content, column.text(item));
    });
    return {
        node,
        update(item) {
            node.className = rowClass(item);
            for (const update of updates) update(item);
        },
    };
}
