// Chooses the view by the address, and gives it each snapshot.

import { askForKey } from './access.js';
import { onAccessNeeded } from './api.js';
import { instant } from './durations.js';
import { setText } from './elements.js';
import { follow } from './events.js';
import { lockView } from './lock.js';
import { overview } from './overview.js';
import { currentRoute, searchAddress } from './route.js';
import { searchView } from './search.js';

const place = document.getElementById('view');
const connection = document.getElementById('connection');
const notice = document.getElementById('notice');
const search = document.getElementById('search');
let view = null, snapshot = null;

function choose() {
    const { path, query } = currentRoute();
    const isFirst = view === null;
    view = path === '/lock' && query.get('key') ? lockView(query.get('key'), { tell })
        : path === '/search' ? searchView(query)
            : overview();
    document.title = `${view.title} · Locks`;
    notice.hidden = true;
    place.replaceChildren(view.node);
    if (snapshot) view.show(snapshot);
    // As a browser does with a new page.
    if (!isFirst) {
        scrollTo(0, 0);
        place.focus({ preventScroll: true });
    }
}

function tell(text) {
    setText(notice, text);
    notice.hidden = false;
}

search.addEventListener('submit', event => {
    event.preventDefault();
    location.hash = searchAddress(search.querySelector('select').value, search.querySelector('input').value);
});
addEventListener('hashchange', choose);
onAccessNeeded(askForKey);
choose();
follow({
    onSnapshot(next) {
        snapshot = next;
        document.body.classList.remove('stale');
        connection.dataset.state = 'live';
        connection.dataset.at = next.statistics.at;
        connection.dataset.graphAt = next.graph.at;
        setText(connection, 'Live');
        connection.title = `As of ${instant(next.statistics.at, next.statistics.at)}`;
        view.show(next);
    },
    onTrouble(why) {
        document.body.classList.add('stale');
        connection.dataset.state = 'stale';
        setText(connection, snapshot ? `Not live: ${why} The numbers are those of ${instant(snapshot.statistics.at, snapshot.statistics.at)}.` : why);
    },
});
