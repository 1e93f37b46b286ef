using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;
using Xunit;

namespace Locks.Dashboard.Tests;

/// <summary>The dashboard in a page of its own, as a person sees it. What the page should never do is collected.</summary>
internal sealed class DashboardPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Uri _address;
    private readonly ConcurrentQueue<string> _faults = new();

    private DashboardPage(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page, _address) = (context, page, address);
        page.Console += (_, message) => Collect(message.Type == "error" && !message.Text.StartsWith(FailedRequest, StringComparison.Ordinal), message.Text);
        page.PageError += (_, error) => _faults.Enqueue(error);
        page.Request += (_, request) => Collect(!request.Url.StartsWith(address.ToString(), StringComparison.Ordinal), $"outside: {request.Url}");
        page.Dialog += (_, dialog) =>
        {
            _faults.Enqueue($"a script ran: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
    }

    // What the browser itself reports of a status such as 401; the page tells it in its own words.
    private const string FailedRequest = "Failed to load resource";

    public IPage Page { get; }

    /// <summary>Scripts that ran, errors, and requests to other places than the server.</summary>
    public IEnumerable<string> Faults => _faults;

    public ILocator Main => Page.Locator("main");

    public static async Task<DashboardPage> OpenAsync(
        IBrowser browser, Uri address, string fragment = "", int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light,
        Dictionary<string, string>? headers = null)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            ExtraHTTPHeaders = headers,
        });
        var page = await context.NewPageAsync();
        var dashboard = new DashboardPage(context, page, address);
        await page.GotoAsync(new Uri(address, fragment).ToString());
        return dashboard;
    }

    public static string LockAddress(string key) => $"#/lock?key={Uri.EscapeDataString(key)}";

    public Task GoToAsync(string fragment) => Page.GotoAsync(new Uri(_address, fragment).ToString());

    /// <summary>A part of the page by its heading.</summary>
    public ILocator Section(string heading) => Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = heading, Exact = true });

    /// <summary>A row of a table by the lock's key.</summary>
    public ILocator Row(string heading, string key) => Section(heading).GetByRole(AriaRole.Row)
        .Filter(new LocatorFilterOptions { Has = Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = key, Exact = true }) });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    /// <summary>A number by its words, such as <c>callers waiting</c>.</summary>
    public ILocator Number(string name) => Page.Locator($"[data-number={name}]");

    /// <summary>All that the overview says at one moment.</summary>
    public async Task<SeenOverview> ReadOverviewAsync()
    {
        var seen = await Page.EvaluateAsync<Dictionary<string, string[]>>("""
            () => {
                const rows = heading => [...document.querySelectorAll(`section[aria-labelledby=${heading}] tbody tr`)]
                    .map(row => [...row.children].map(cell => cell.textContent).join('|'));
                return {
                    at: [document.getElementById('connection').dataset.at, document.getElementById('connection').dataset.graphAt],
                    numbers: [...document.querySelectorAll('[data-number]')].map(number => `${number.dataset.number} ${number.textContent}`),
                    contended: rows('section-contended-keys'),
                    waits: rows('section-longest-waits'),
                    holders: rows('section-oldest-holders'),
                    blockers: rows('section-who-blocks-whom'),
                    deadlocks: [...document.querySelectorAll('section[aria-labelledby=section-deadlocks] li > p:first-child, section[aria-labelledby=section-deadlocks] ol li')].map(text => text.textContent),
                    lookFirst: [...document.querySelectorAll('section[aria-labelledby=section-look-at-these-first] li p')].map(text => text.textContent),
                };
            }
            """);
        return new(
            Instant(seen["at"][0]), Instant(seen["at"][1]), seen["numbers"], seen["contended"], seen["waits"], seen["holders"], seen["blockers"],
            seen["deadlocks"], seen["lookFirst"]);
    }

    /// <summary>All that the overview says of shared leases and coordinators, with the moment that it is of.</summary>
    public async Task<(DateTimeOffset At, string[] Leases, string[] Coordinators)> ReadClusterAsync()
    {
        var seen = await Page.EvaluateAsync<string[][]>("""
            () => {
                const rows = heading => [...document.querySelectorAll(`section[aria-labelledby=${heading}] tbody tr`)]
                    .map(row => [...row.children].map(cell => cell.textContent).join('|'));
                return [
                    [document.querySelector('[data-at]:has([aria-labelledby=section-shared-leases])').dataset.at],
                    rows('section-shared-leases'),
                    rows('section-coordinators'),
                ];
            }
            """);
        return (Instant(seen[0].Single()), seen[1], seen[2]);
    }

    /// <summary>What a search has found, with the moment that it is of.</summary>
    public async Task<(DateTimeOffset At, string Summary, string[] Rows)> ReadSearchAsync()
    {
        var seen = await Page.EvaluateAsync<string[]>("""
            () => [
                document.querySelector('main [data-at]').dataset.at,
                document.querySelector('main [data-at]').textContent,
                ...[...document.querySelectorAll('main tbody tr')].map(row => [...row.children].map(cell => cell.textContent).join('|')),
            ]
            """);
        return (Instant(seen[0]), seen[1], seen[2..]);
    }

    /// <summary>What the page of a lock says of its holder and its queue at one moment.</summary>
    public async Task<SeenLock> ReadLockAsync()
    {
        var seen = await Page.EvaluateAsync<Dictionary<string, string[]>>("""
            () => ({
                at: [document.querySelector('[data-at]:has(.queue)').dataset.at],
                sentences: [...document.querySelectorAll('.verdict, .verdict + p, .verdict + p + p')].map(text => text.textContent),
                rest: [...document.querySelectorAll('.queue + p')].map(text => text.textContent),
                details: [...document.querySelectorAll('.details > div')].map(detail => [...detail.children].map(part => part.textContent).join('|')),
                boxes: [...document.querySelectorAll('.queue li')].map(box => [...box.children].map(part => part.textContent).filter(Boolean).join('|')),
            })
            """);
        return new(Instant(seen["at"].Single()), seen["sentences"], seen["boxes"], seen["rest"].Single(), seen["details"]);
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Empty(Faults);
    }

    private void Collect(bool isFault, string text)
    {
        if (isFault)
            _faults.Enqueue(text);
    }
}

/// <summary>What the overview says.</summary>
/// <param name="At">The moment that it is of, by the store's time.</param>
/// <param name="GraphAt">The moment that <paramref name="Blockers"/> are of.</param>
/// <param name="Numbers">Each number, behind its name.</param>
/// <param name="Contended">The rows of contended locks; their cells have a bar between.</param>
/// <param name="LongestWaits">The rows of those that are waited for longest.</param>
/// <param name="OldestHolders">The rows of those that are held longest.</param>
/// <param name="Blockers">The rows of the holders that most callers wait for.</param>
/// <param name="Deadlocks">The sentences about deadlocks; they are of <paramref name="GraphAt"/> as well.</param>
/// <param name="LookFirst">The sentences about the locks that look stuck.</param>
internal sealed record SeenOverview(
    DateTimeOffset At,
    DateTimeOffset GraphAt,
    string[] Numbers,
    string[] Contended,
    string[] LongestWaits,
    string[] OldestHolders,
    string[] Blockers,
    string[] Deadlocks,
    string[] LookFirst);

/// <summary>What the page of a lock says.</summary>
/// <param name="At">The moment that it is of, by the store's time.</param>
/// <param name="Sentences">The sentences at the top.</param>
/// <param name="Boxes">The boxes of the queue, that of the holder first; their parts have a bar between.</param>
/// <param name="Rest">What is said of the waiters that have no box.</param>
/// <param name="Details">What is said of the holder, each with its name in front.</param>
internal sealed record SeenLock(DateTimeOffset At, string[] Sentences, string[] Boxes, string Rest, string[] Details);
