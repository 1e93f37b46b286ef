using System.Net;
using Locks.TestKit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>Who may use the API in an application of another kind than the server.</summary>
public sealed class HostIdentityTests
{
    private const int Limit = 60_000;
    private const string ForceRelease = "/locks/api/v1/lock/force-release";
    private const string ReadKey = "read-key-of-the-test", WriteKey = "write-key-of-the-test";

    private static readonly (string, string) Reader = (TestUsers.Header, TestUsers.Reader), Writer = (TestUsers.Header, TestUsers.Writer);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task TheHostsPolicies_DecideWhoMayDoWhat_AndItsIdentityIsTheOperator()
    {
        await using var host = await AdminHost.StartAsync(
            services =>
            {
                TestUsers.AddTo(services);
                services.AddLocksAdmin(admin => (admin.ReadPolicy, admin.WritePolicy) = (TestUsers.Reader, TestUsers.Writer));
            },
            app => app.MapLocksAdmin());
        await using var held = (await host.Locks.TryAcquireAsync("a", TimeSpan.FromMinutes(1), Cancel))!;

        // Without a user nothing is served, although the request is of the same machine.
        foreach (var path in (string[])["api/v1/lock?key=a", "api/v1/events", "openapi/v1.json", "", "dashboard/main.js"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync($"/locks/{path}")).Status);
            if (path != "api/v1/events")
                Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync($"/locks/{path}", Reader)).Status);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await WriteAsync()).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await WriteAsync(Reader)).Status);
        Assert.False(held.Lost.IsCancellationRequested);
        Assert.Equal(HttpStatusCode.OK, (await WriteAsync(Writer)).Status);

        await Eventually.FiresAsync(held.Lost);
        Assert.Equal((TestUsers.Writer, "it hangs"), (held.Loss!.By, held.Loss.Detail));
        Assert.Contains(host.Logs.Lines, line => line.Contains($"{TestUsers.Writer} (127.0.0.1) took lock a from", StringComparison.Ordinal));

        Task<AdminAnswer> WriteAsync(params (string, string)[] headers) =>
            host.Client.PostAsync(ForceRelease, new { key = "a", reason = "it hangs" }, headers);
    }

    [Fact(Timeout = Limit)]
    public async Task Keys_NeedNoAuthenticationOfTheHosts_AndTakeNothingFromIt()
    {
        await using var host = await AdminHost.StartAsync(
            services =>
            {
                TestUsers.AddTo(services);
                // The host's rule for what names none. Its scheme is the default because it is the only one.
                services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
                services.AddLocksAdmin(admin =>
                {
                    admin.ReadKeys["grafana"] = ReadKey;
                    admin.WriteKeys["alice"] = WriteKey;
                });
            },
            app =>
            {
                app.MapLocksAdmin();
                app.MapGet("/own", () => "own");
            });

        (await host.Client.GetAsync("/locks/api/v1/lock?key=a")).IsProblem(HttpStatusCode.Unauthorized, "key-required");
        (await host.Client.GetAsync("/locks/api/v1/lock?key=a", Reader)).IsProblem(HttpStatusCode.Unauthorized, "key-required");
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/locks/api/v1/lock?key=a", Bearer(ReadKey))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/locks/")).Status);
        var write = new { key = "a", reason = "b" };
        (await host.Client.PostAsync(ForceRelease, write, Bearer(ReadKey))).IsProblem(HttpStatusCode.Forbidden, "read-only-key");
        (await host.Client.PostAsync(ForceRelease, write, Bearer(WriteKey))).IsProblem(HttpStatusCode.NotFound, "not-held");
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/own")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/own", Reader)).Status);

        static (string, string) Bearer(string key) => ("Authorization", $"Bearer {key}");
    }

    [Fact(Timeout = Limit)]
    public async Task WhatTheHostDemandsOfTheEndpoints_HoldsBesides()
    {
        await using var host = await AdminHost.StartAsync(
            services =>
            {
                TestUsers.AddTo(services);
                services.AddLocksAdmin();
            },
            app => app.MapLocksAdmin().RequireAuthorization(TestUsers.Reader));

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/locks/api/v1/lock?key=a")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/locks/api/v1/lock?key=a", Reader)).Status);
        (await host.Client.GetAsync("/locks/api/v1/lock?key=a", Reader, ("Via", "1.1 proxy"))).IsProblem(HttpStatusCode.Forbidden, "not-local");
    }

    [Fact]
    public void APolicyForHalfOfIt_IsRefused()
    {
        var refusal = Assert.Throws<ArgumentException>(
            () => new ServiceCollection().AddLocksAdmin(admin => admin.ReadPolicy = TestUsers.Reader));

        Assert.StartsWith("ReadPolicy and WritePolicy go together; one of them is not set.", refusal.Message, StringComparison.Ordinal);
    }
}
