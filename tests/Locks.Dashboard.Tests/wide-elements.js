// What sticks out of the window to the right, so that a person would have to scroll.
() => {
    const limit = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= limit) return [];
    return [...document.querySelectorAll('body *')]
        .filter(element => element.getBoundingClientRect().right > limit)
        .map(element => `${element.localName}.${element.className} to ${element.getBoundingClientRect().right}: ${element.textContent.slice(0, 40)}`);
}
