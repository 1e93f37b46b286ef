// The texts that are shown with a contrast of less than 4.5 to 1 (WCAG 2.2, AA).
() => {
    const parse = color => color.match(/[\d.]+/g).map(Number);
    const luminance = ([red, green, blue]) => {
        const [r, g, b] = [red, green, blue].map(value => value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backgroundOf = element => {
        for (let at = element; at; at = at.parentElement) {
            const color = parse(getComputedStyle(at).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    const faint = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const element = text.parentElement;
        const isForm = element.matches('button:disabled');
        if (text.data.trim() === '' || isForm || !element.checkVisibility({ visibilityProperty: true })) continue;
        const style = getComputedStyle(element);
        const [one, other] = [luminance(parse(element instanceof SVGElement ? style.fill : style.color)), luminance(backgroundOf(element))];
        const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${text.data.trim()}`);
    }
    return faint;
}
