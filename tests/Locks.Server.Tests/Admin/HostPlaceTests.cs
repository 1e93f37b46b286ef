using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>Where the API and the dashboard are in an application of another kind than the server, and what they leave alone there.</summary>
public sealed partial class HostPlaceTests
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public async Task BelowAPathBaseAndAPrefix_AllOfItIsThere()
    {
        await using var host = await AdminHost.StartAsync(
            services => services.AddLocksAdmin(),
            app =>
            {
                app.UsePathBase("/base");
                app.UseRouting();
                app.MapGroup("/ops").MapLocksAdmin("/our locks");
            });
        var page = await host.Client.GetAsync("/base/ops/our%20locks/");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        // The client follows where it is sent.
        Assert.Equal(page.Body, (await host.Client.GetAsync("/base/ops/our%20locks")).Body);

        var addresses = Address().Matches(page.Body).Select(match => match.Groups[1].Value).Where(address => address[0] != '#').ToList();
        Assert.Contains("dashboard/main.js", addresses);
        foreach (var address in addresses)
        {
            Assert.False(address.StartsWith('/'), $"{address} is absolute");
            Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync($"/base/ops/our%20locks/{address}")).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/base/ops/our%20locks/api/v1/lock?key=a")).Status);
        var description = JsonNode.Parse((await host.Client.GetAsync("/base/ops/our%20locks/openapi/v1.json")).Body)!;
        Assert.Equal("/base/ops/our%20locks", description["servers"]!.AsArray().Single()!["url"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/base/api/v1/lock?key=a")).Status);
    }

    [Fact(Timeout = Limit)]
    public async Task TheHostsOwnEndpoints_KeepTheirForm_TheirHeaders_TheirNames_AndTheirDescription()
    {
        await using var host = await AdminHost.StartAsync(
            services =>
            {
                services.AddLocksAdmin();
                services.AddOpenApi();
                services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
            },
            app =>
            {
                app.MapLocksAdmin();
                app.MapOpenApi();
                app.MapGet("/own", () => new { ItTook = TimeSpan.FromSeconds(1), Nothing = (string?)null }).WithName("listLocks");
                app.MapGet("/link", (LinkGenerator links) => links.GetPathByName("listLocks"));
            });

        var own = await host.Client.GetAsync("/own");
        Assert.Equal("""{"it_took":"00:00:01","nothing":null}""", own.Body);
        Assert.DoesNotContain("Content-Security-Policy", own.Headers.Keys);
        Assert.Equal("/own", (await host.Client.GetAsync("/link")).Body);
        var described = (await host.Client.GetAsync("/openapi/v1.json")).Json.GetProperty("paths");
        Assert.Equal(["/own", "/link"], described.EnumerateObject().Select(path => path.Name));
        var ours = await host.Client.GetAsync("/locks/api/v1/statistics");
        Assert.Equal(0, ours.Json.GetProperty("mostContended").GetArrayLength());
        Assert.Contains("default-src 'none'", ours.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Contains("no-store", ours.Headers["Cache-Control"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNotRegistered_IsNamed()
    {
        var builder = WebApplication.CreateSlimBuilder();
        await using var bare = builder.Build();
        Assert.Contains("call services.AddLocksAdmin()", Assert.Throws<InvalidOperationException>(() => bare.MapLocksAdmin()).Message, StringComparison.Ordinal);

        builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddLocksAdmin();
        await using var clientless = builder.Build();
        Assert.Contains("call services.AddLockClient()", Assert.Throws<InvalidOperationException>(() => clientless.MapLocksAdmin()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASecondRegistration_IsRefused()
    {
        var services = new ServiceCollection().AddLocksAdmin();

        var refusal = Assert.Throws<InvalidOperationException>(() => services.AddLocksAdmin());

        Assert.Equal("AddLocksAdmin was called before on these services; call it once.", refusal.Message);
    }

    [GeneratedRegex("(?:href|src)=\"([^\"]+)\"")]
    private static partial Regex Address();
}
