using Locks.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Locks.Dashboard.Tests;

/// <summary>Makes the pictures in the docs: with <c>LOCKS_APPROVE=1</c> they are written anew.</summary>
public sealed class PictureTests(Chromium chromium) : BrowserTests(chromium)
{
    private const int MaxBytes = 200 * 1024;

    [Fact(Timeout = Limit)]
    public async Task ThePicturesInTheDocs_AreOfThisPage()
    {
        await using var server = await RunningServer.StartAsync();
        var load = new PictureLoad(server);
        await load.RunAsync();

        await TakeAsync("dashboard-light", "", ColorScheme.Light, 1280, 900);
        await TakeAsync("dashboard-dark", "", ColorScheme.Dark, 1280, 900);
        await TakeAsync("dashboard-320", "", ColorScheme.Light, 320, 900);
        await TakeAsync("dashboard-lock", DashboardPage.LockAddress(PictureLoad.Stuck), ColorScheme.Light, 1024, 960);

        async Task TakeAsync(string name, string fragment, ColorScheme scheme, int width, int height)
        {
            await load.RenewAsync();
            await using var page = await DashboardPage.OpenAsync(Chromium.Browser, server.Address, fragment, width, height, scheme);
            await SeesAsync(page.Main, "settlement-eu-1");
            await SeesAsync(page.Page.Locator("#connection"), "Live");
            // The top alone, so that it can be read in the docs.
            Save(name, await page.Page.ScreenshotAsync());
            if (name == "dashboard-light")
                Save("dashboard-charts", await page.Section("The last minutes").ScreenshotAsync());
        }
    }

    private static void Save(string name, byte[] picture)
    {
        var path = Repository.PathOf($"docs/img/{name}.png");
        if (Environment.GetEnvironmentVariable(Approved.ApproveVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, picture);
        }

        Assert.InRange(picture.Length, 1, MaxBytes);
        Assert.InRange(new FileInfo(path).Length, 1, MaxBytes);
    }
}
