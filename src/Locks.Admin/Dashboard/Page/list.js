// Keeps the children of a parent in step with items. What stays is updated in place, so that focus and selection survive each second.

export class List {
    #parent;
    #keyOf;
    #create;
    #entries = new Map();

    // create(item) returns { node, update(item) }.
    constructor(parent, keyOf, create) {
        this.#parent = parent;
        this.#keyOf = keyOf;
        this.#create = create;
    }

    show(items) {
        const keys = new Set(items.map(this.#keyOf));
        for (const [key, entry] of this.#entries) {
            if (keys.has(key)) continue;
            entry.node.remove();
            this.#entries.delete(key);
        }
        let next = this.#parent.firstElementChild;
        for (const item of items) {
            const key = this.#keyOf(item);
            let entry = this.#entries.get(key);
            if (!entry) this.#entries.set(key, entry = this.#create(item));
            entry.update(item);
            if (entry.node === next) next = next.nextElementSibling;
            else move(this.#parent, entry.node, next);
        }
    }
}

// An element that is moved loses the focus.
function move(parent, node, before) {
    const focused = node.contains(document.activeElement) ? document.activeElement : null;
    parent.insertBefore(node, before);
    focused?.focus({ preventScroll: true });
}
