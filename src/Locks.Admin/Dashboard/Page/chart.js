// A line chart in SVG. Its legend has the numbers as text, so that nothing is said by the picture alone.

import { element, setText } from './elements.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 480, HEIGHT = 140, LEFT = 54, BOTTOM = 18, TOP = 8;

// lines: [{ name, words, style }]; format(value) makes a text of a value.
export function lineChart({ title, lines, format }) {
    const start = label(LEFT, HEIGHT - 2, 'start');
    const top = label(LEFT - 6, TOP + 4, 'end'), middle = label(LEFT - 6, (TOP + HEIGHT - BOTTOM) / 2 + 4, 'end');
    const paths = lines.map(({ style }) => shape('path', { class: `line ${style}` }));
    const grid = [TOP, (TOP + HEIGHT - BOTTOM) / 2, HEIGHT - BOTTOM].map(y => shape('path', { class: 'grid', d: `M${LEFT} ${y}H${WIDTH}` }));
    const picture = shape('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true', focusable: 'false' },
        ...grid, top, middle, label(LEFT - 6, HEIGHT - BOTTOM + 4, 'end', '0'),
        start, label(WIDTH, HEIGHT - 2, 'end', 'now'), ...paths);
    const values = lines.map(() => element('span', { class: 'value' }));
    const legend = element('ul', { class: 'legend' }, lines.map(({ words, style }, index) =>
        element('li', {}, key(style), ` ${words} `, values[index])));

    return {
        node: element('figure', {}, element('figcaption', {}, title), picture, legend),
        // series: { name: [value or null, …] }, the oldest first, all of one length; span: the text of the time that they cover.
        show(series, span) {
            const most = Math.max(0, ...lines.flatMap(({ name }) => series[name]).filter(value => value !== null));
            setText(start, `${span} ago`);
            const scale = roundUp(most);
            setText(top, format(scale));
            setText(middle, format(scale / 2));
            lines.forEach(({ name }, index) => {
                const points = series[name];
                paths[index].setAttribute('d', pathOf(points, scale));
                setText(values[index], summary(points, format));
            });
        },
    };
}

function summary(points, format) {
    const known = points.filter(value => value !== null);
    if (known.length === 0) return 'no value yet';
    return `${format(known.at(-1))}, at most ${format(Math.max(...known))}`;
}

function pathOf(points, scale) {
    let path = '', isDrawing = false;
    points.forEach((value, index) => {
        if (value === null) {
            isDrawing = false;
            return;
        }
        const x = LEFT + (WIDTH - LEFT) * index / Math.max(1, points.length - 1);
        const y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / scale;
        // A value between two unknown ones would be a line of no length.
        path += `${isDrawing ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}${isDrawing ? '' : 'h1'}`;
        isDrawing = true;
    });
    return path;
}

// 1, 2 or 5 times a power of ten.
function roundUp(value) {
    if (value <= 0) return 1;
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 5, 10].map(step => step * power).find(step => step >= value);
}

function key(style) {
    return shape('svg', { viewBox: '0 0 24 8', class: 'key', 'aria-hidden': 'true', focusable: 'false' },
        shape('path', { class: `line ${style}`, d: 'M0 4H24' }));
}

function label(x, y, anchor, text = '') {
    const made = shape('text', { x, y, 'text-anchor': anchor });
    made.textContent = text;
    return made;
}

function shape(name, attributes, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.append(...children);
    return made;
}
