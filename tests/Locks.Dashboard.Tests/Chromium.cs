using Microsoft.Playwright;
using Xunit;

namespace Locks.Dashboard.Tests;

/// <summary>One browser, and one server, for all tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private RunningServer? _server;

    public IBrowser Browser => _browser!;

    internal RunningServer Server => _server!;

    public async ValueTask InitializeAsync()
    {
        // A guard against hanging, not an expectation: the page is up to date within two seconds.
        Assertions.SetDefaultExpectTimeout((float)LongestWait.TotalMilliseconds);
        var server = RunningServer.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Find(),
            // Chromium refuses to run with its sandbox as root.
            ChromiumSandbox = !Environment.IsPrivilegedProcess,
        });
        _server = await server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static string Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no program 'chromium' on the PATH: run 'eng/services install'.");
    }
}
