// Durations (milliseconds) and instants as people read them.

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

// Whole seconds, rounded down as a clock shows them; two units at the most.
export function duration(milliseconds) {
    if (milliseconds === null || milliseconds === undefined) return '–';
    const whole = Math.max(0, milliseconds);
    if (whole < MINUTE) return `${Math.floor(whole / SECOND)} s`;
    if (whole < HOUR) return two(whole, MINUTE, 'min', SECOND, 's');
    if (whole < DAY) return two(whole, HOUR, 'h', MINUTE, 'min');
    return two(whole, DAY, 'd', HOUR, 'h');
}

// A latency: short ones count.
export function latency(milliseconds) {
    if (milliseconds === null || milliseconds === undefined) return '–';
    if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
    if (milliseconds < SECOND) return `${Math.round(milliseconds)} ms`;
    return milliseconds < 10 * SECOND ? `${(milliseconds / SECOND).toFixed(1)} s` : duration(milliseconds);
}

// The time of day in UTC, as in the logs; the day, too, where it is another one than today's.
export function instant(text, now) {
    const iso = new Date(text).toISOString();
    const today = new Date(now).toISOString().slice(0, 10);
    return `${iso.startsWith(today) ? '' : `${iso.slice(0, 10)} `}${iso.slice(11, 19)} UTC`;
}

export const between = (earlier, later) => new Date(later) - new Date(earlier);

export function count(number, one, many) {
    return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

function two(whole, unit, name, smaller, smallerName) {
    const rest = Math.floor((whole % unit) / smaller);
    return `${Math.floor(whole / unit)} ${name}${rest > 0 ? ` ${rest} ${smallerName}` : ''}`;
}
