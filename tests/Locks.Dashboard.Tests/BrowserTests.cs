using Microsoft.Playwright;
using Xunit;

namespace Locks.Dashboard.Tests;

/// <summary>What the tests of the dashboard share: one browser, and one server; each test has keys of its own, and releases them.</summary>
[Collection(Collection)]
public abstract class BrowserTests(Chromium chromium)
{
    public const string Collection = "browser";

    // A guard against hanging. On an idle machine a test takes a second or two.
    protected const int Limit = 180_000;

    protected Chromium Chromium => chromium;

    /// <summary>The server that the tests share.</summary>
    private protected RunningServer Server => chromium.Server;

    /// <summary>Waits until a text is somewhere.</summary>
    protected static Task SeesAsync(ILocator where, string text) => Assertions.Expect(where).ToContainTextAsync(text);

    private protected Task<DashboardPage> OpenAsync(string fragment = "") =>
        DashboardPage.OpenAsync(chromium.Browser, Server.Address, fragment);

    private protected Task<DashboardPage> OpenAsync(RunningServer server) => DashboardPage.OpenAsync(chromium.Browser, server.Address);
}

[CollectionDefinition(BrowserTests.Collection)]
public sealed class SharedBrowser : ICollectionFixture<Chromium>;
