using System.Security.Claims;
using Locks.Client;
using Locks.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Xunit;

namespace Locks.Dashboard.Tests;

/// <summary>The dashboard of an application that is not the server.</summary>
public sealed class HostTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string UserHeader = "X-Test-User", Operators = "operators";

    [Fact(Timeout = Limit)]
    public async Task BelowAPathBaseAndAPrefix_UnderTheHostsIdentity_ItShowsLocks_AndTakesOne()
    {
        await using var app = await StartAsync();
        var locks = app.Services.GetRequiredService<ILockClient>();
        await using var held = (await locks.TryAcquireAsync("job/nightly", new LockOptions { Owner = "settlement-1", Lease = TimeSpan.FromHours(1) }))!;
        // The page collects as a fault whatever it loads from elsewhere.
        var address = new Uri($"{app.Urls.Single()}/base/ops/locks/");
        await using var page = await DashboardPage.OpenAsync(Chromium.Browser, address, headers: new() { [UserHeader] = "alice" });

        await SeesAsync(page.Section("Oldest holders"), "settlement-1");
        await page.Row("Oldest holders", "job/nightly").GetByRole(AriaRole.Link).ClickAsync();
        await page.Button("Force release …").ClickAsync();
        await page.Page.GetByLabel("Reason").FillAsync("it hangs");
        await page.Button("Force release").ClickAsync();

        await Eventually.FiresAsync(held.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "alice", "it hangs"), held.Loss);
        await page.GoToAsync("#/search?prefix=");
        await SeesAsync(page.Main, "0 locks, as of");
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddLockCoordinator();
            bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
        });
        builder.Services.AddLockClient();
        builder.Services.AddAuthorizationBuilder().AddPolicy(Operators, policy => policy.RequireClaim(ClaimTypes.Name, "alice"));
        builder.Services.AddLocksAdmin(admin => (admin.ReadPolicy, admin.WritePolicy) = (Operators, Operators));
        var app = builder.Build();
        app.UsePathBase("/base");
        app.UseRouting();
        app.Use((context, next) =>
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, context.Request.Headers[UserHeader].ToString())], "test"));
            return next(context);
        });
        app.UseAuthorization();
        app.MapGroup("/ops").MapLocksAdmin();
        await app.StartAsync();
        return app;
    }
}
