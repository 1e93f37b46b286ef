using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Locks.Client;
using Locks.Server.Admin;
using Locks.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>The API in an application that knows its users by itself.</summary>
public sealed class HostIdentityTests
{
    private const string Reader = "reader", Writer = "writer";
    private const string ForceRelease = "/api/v1/lock/force-release";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task TheHostsPolicies_DecideWhoMayDoWhat_AndItsIdentityIsTheOperator()
    {
        var logs = new CapturedLogs();
        await using var app = await StartAsync(logs);
        using var client = AdminClient.Of(app.Urls.Single());
        var locks = app.Services.GetRequiredService<ILockClient>();
        await using var held = (await locks.TryAcquireAsync("a", TimeSpan.FromMinutes(1), Cancel))!;

        // Without a user nothing is served, although the request is of the same machine.
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/lock?key=a")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await WriteAsync()).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/lock?key=a", ("X-Test-User", Reader))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await WriteAsync(("X-Test-User", Reader))).Status);
        Assert.False(held.Lost.IsCancellationRequested);
        Assert.Equal(HttpStatusCode.OK, (await WriteAsync(("X-Test-User", Writer))).Status);

        await Eventually.FiresAsync(held.Lost);
        Assert.Equal((Writer, "it hangs"), (held.Loss!.By, held.Loss.Detail));
        Assert.Contains(logs.Lines, line => line.Contains($"{Writer} (127.0.0.1) took lock a from", StringComparison.Ordinal));

        Task<AdminAnswer> WriteAsync(params (string, string)[] headers) =>
            client.PostAsync(ForceRelease, new { key = "a", reason = "it hangs" }, headers);
    }

    [Fact]
    public void APolicyForHalfOfIt_IsRefused()
    {
        var refusal = Assert.Throws<ArgumentException>(
            () => new ServiceCollection().AddLocksAdmin(new LocksAdminOptions { ReadPolicy = Reader }));

        Assert.StartsWith("ReadPolicy and WritePolicy go together; one of them is not set.", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(CapturedLogs logs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.AddProvider(logs);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddLockCoordinator();
            bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
        });
        builder.Services.AddLockClient();
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, TestUsers>("test", null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Reader, policy => policy.RequireClaim(ClaimTypes.Name, Reader, Writer))
            .AddPolicy(Writer, policy => policy.RequireClaim(ClaimTypes.Name, Writer));
        builder.Services.AddLocksAdmin(new LocksAdminOptions { ReadPolicy = Reader, WritePolicy = Writer });
        var app = builder.Build();
        app.MapLocksAdmin();
        await app.StartAsync(Cancel);
        return app;
    }

    private sealed class TestUsers(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var name = Request.Headers["X-Test-User"].ToString();
            if (name.Length == 0)
                return Task.FromResult(AuthenticateResult.NoResult());

            var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(user, Scheme.Name)));
        }
    }
}
