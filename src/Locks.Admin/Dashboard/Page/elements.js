// Makes elements without markup: every text that comes from outside becomes a text node.

export function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) {
        if (attribute.startsWith('on')) made.addEventListener(attribute.slice(2), value);
        else if (value === true) made.setAttribute(attribute, '');
        else if (value !== null && value !== undefined && value !== false) made.setAttribute(attribute, value);
    }
    made.append(...children.flat().filter(child => child !== null && child !== undefined));
    return made;
}

// A name that another system chose, isolated so that its direction does not turn the text around it.
export const named = text => element('bdi', {}, text);

// A key, which may break behind its separators before it breaks anywhere.
export const path = text => element('bdi', {}, text.split(/(?<=[/:._-])/).flatMap((part, index) => index ? [element('wbr'), part] : [part]));

// Unchanged text is left alone, so that a selection in it survives, and a screen reader is not disturbed.
export function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
}

export function section(title, ...content) {
    const id = `section-${title.toLowerCase().replaceAll(' ', '-')}`;
    return element('section', { 'aria-labelledby': id }, element('h2', { id }, title), content);
}
