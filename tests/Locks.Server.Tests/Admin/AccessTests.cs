using System.Net;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>Who is served, and who is not.</summary>
public sealed class AccessTests : IDisposable
{
    private const int Limit = 60_000;
    private const string ReadKey = "read-key-of-the-test";
    private const string WriteKey = "write-key-of-the-test";
    private const string ForceRelease = "/api/v1/lock/force-release";

    private static readonly string[] Settings = ["--Locks:Broker=inmemory", "--Locks:Store=InMemory"];

    private static readonly string[] Keys =
        [$"--Locks:Admin:ReadKeys:grafana={ReadKey}", $"--Locks:Admin:WriteKeys:alice={WriteKey}"];

    private readonly string _folder = Directory.CreateTempSubdirectory("locks-admin-").FullName;

    private string Socket => Path.Combine(_folder, "http");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = Limit)]
    public async Task FromElsewhere_WithoutKeys_OnlyHealthIsServed()
    {
        await using var server = await RunningServer.StartAsync([.. Settings, $"--urls=http://unix:{Socket}"]);
        using var client = AdminClient.Elsewhere(Socket);

        foreach (var path in (string[])["locks", "lock?key=a", "leases", "coordinators", "statistics", "events", "no-such-path"])
        {
            var answer = (await client.GetAsync("/api/v1/" + path)).IsProblem(HttpStatusCode.Forbidden, "not-local");
            Assert.Contains("set Locks:Admin:ReadKeys:NAME and Locks:Admin:WriteKeys:NAME", answer.Detail, StringComparison.Ordinal);
        }

        (await client.PostAsync(ForceRelease, new { key = "a", reason = "b" })).IsProblem(HttpStatusCode.Forbidden, "not-local");
        Assert.Contains(server.Log, line => line.StartsWith(
            $"Warning: A caller without a key (no address) was refused POST {ForceRelease}: not-local.", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).Status);
    }

    [Fact(Timeout = Limit)]
    public async Task FromElsewhere_WithAKey_TheApiIsServed()
    {
        await using var server = await RunningServer.StartAsync([.. Settings, .. Keys, $"--urls=http://unix:{Socket}"]);
        using var client = AdminClient.Elsewhere(Socket).WithKey(ReadKey);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/lock?key=a")).Status);
    }

    [Fact(Timeout = Limit)]
    public async Task WithKeys_EachRequestNeedsOne_AlsoFromTheSameMachine()
    {
        await using var server = await RunningServer.StartAsync([.. Settings, .. Keys]);
        using var none = AdminClient.Of(server.Address);
        using var wrong = AdminClient.Of(server.Address).WithKey(ReadKey + "x");
        using var tooLong = AdminClient.Of(server.Address).WithKey(new string('k', 300));

        foreach (var path in (string[])["locks", "lock?key=a", "leases", "coordinators", "statistics", "events"])
        {
            var missing = (await none.GetAsync("/api/v1/" + path)).IsProblem(HttpStatusCode.Unauthorized, "key-required");
            Assert.Equal("Bearer realm=\"locks\"", missing.Headers["WWW-Authenticate"]);
        }

        foreach (var client in (AdminClient[])[wrong, tooLong])
        {
            var answer = (await client.GetAsync("/api/v1/lock?key=a")).IsProblem(HttpStatusCode.Unauthorized, "key-required");
            Assert.Equal("Bearer realm=\"locks\", error=\"invalid_token\"", answer.Headers["WWW-Authenticate"]);
        }

        (await none.GetAsync("/api/v1/lock?key=a", ("Authorization", $"Basic {ReadKey}")))
            .IsProblem(HttpStatusCode.Unauthorized, "key-required");
        Assert.Equal(HttpStatusCode.OK, (await none.GetAsync("/health/live")).Status);
    }

    [Fact(Timeout = Limit)]
    public async Task AReadKey_Reads_AndAWriteKey_WritesToo_UnderItsName()
    {
        await using var server = await RunningServer.StartAsync([.. Settings, .. Keys]);
        using var reader = AdminClient.Of(server.Address).WithKey(ReadKey);
        using var writer = AdminClient.Of(server.Address).WithKey(WriteKey);

        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("/api/v1/lock?key=a")).Status);
        Assert.Equal(HttpStatusCode.OK, (await writer.GetAsync("/api/v1/lock?key=a")).Status);
        (await reader.PostAsync(ForceRelease, new { key = "a", reason = "b" })).IsProblem(HttpStatusCode.Forbidden, "read-only-key");
        (await reader.PostAsync("/api/v1/lock/cancel-waiter", new { key = "a", acquireId = Guid.CreateVersion7(), reason = "b" }))
            .IsProblem(HttpStatusCode.Forbidden, "read-only-key");
        (await writer.PostAsync(ForceRelease, new { key = "a", reason = "b" })).IsProblem(HttpStatusCode.NotFound, "not-held");

        Assert.Contains(server.Log, line => line.StartsWith(
            $"Warning: grafana (127.0.0.1) was refused POST {ForceRelease}: read-only-key.", StringComparison.Ordinal));
        Assert.Contains(server.Log, line => line.StartsWith(
            $"Warning: alice (127.0.0.1) was refused POST {ForceRelease} for lock a: not-held.", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log, line => line.Contains(ReadKey, StringComparison.Ordinal) || line.Contains(WriteKey, StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData("Host", "locks.example:8080")]
    [InlineData("Host", "127.0.0.1.evil.example")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    public async Task ARequestForAnotherHost_OrThroughAProxy_IsNotLocal(string header, string value)
    {
        await using var server = await RunningServer.StartAsync(Settings);
        using var client = AdminClient.Of(server.Address);

        (await client.GetAsync("/api/v1/lock?key=a", (header, value))).IsProblem(HttpStatusCode.Forbidden, "not-local");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/lock?key=a", ("Host", "localhost"))).Status);
    }

    [Fact(Timeout = Limit)]
    public async Task AnOperatorWhoWritesTooMuch_IsSlowedDown_AndOthersAreNot()
    {
        await using var server = await RunningServer.StartAsync(
            [.. Settings, .. Keys, "--Locks:Admin:WriteKeys:bob=another-key-of-the-test", "--Locks:Admin:WriteBurst=2", "--Locks:Admin:WritesPerMinute=1"]);
        using var alice = AdminClient.Of(server.Address).WithKey(WriteKey);
        using var bob = AdminClient.Of(server.Address).WithKey("another-key-of-the-test");

        for (var i = 0; i < 2; i++)
            (await alice.PostAsync(ForceRelease, new { key = "a", reason = "b" })).IsProblem(HttpStatusCode.NotFound, "not-held");
        var answer = await alice.PostAsync(ForceRelease, new { key = "a", reason = "b" });

        answer.IsProblem(HttpStatusCode.TooManyRequests, "too-many-writes");
        Assert.InRange(int.Parse(answer.Headers["Retry-After"], null), 1, 60);
        Assert.Contains("2 at once and 1 in a minute", answer.Detail, StringComparison.Ordinal);
        (await bob.PostAsync(ForceRelease, new { key = "a", reason = "b" })).IsProblem(HttpStatusCode.NotFound, "not-held");
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/api/v1/lock?key=a")).Status);
        Assert.Contains(server.Log, line => line.StartsWith(
            $"Warning: alice (127.0.0.1) was refused POST {ForceRelease}: too-many-writes.", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task WithoutACoordinatorThatAnswers_TheApiSaysSo_AndWhenToTryAgain()
    {
        await using var server = await RunningServer.StartAsync(
            "--Locks:Broker=inmemory", "--Locks:Store=PostgreSql",
            "--Locks:ConnectionString=Host=127.0.0.1;Port=1;Database=locks;Username=locks;Password=s3cret;Timeout=2");
        using var client = AdminClient.Of(server.Address);

        var read = client.GetAsync("/api/v1/lock?key=a");
        var write = client.PostAsync(ForceRelease, new { key = "a", reason = "b" });

        foreach (var answer in (AdminAnswer[])[await read, await write])
        {
            answer.IsProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
            Assert.Equal("5", answer.Headers["Retry-After"]);
            Assert.DoesNotContain("s3cret", answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task EachAnswer_ForbidsABrowserWhatItMayNot()
    {
        await using var server = await RunningServer.StartAsync(Settings);
        using var client = AdminClient.Of(server.Address);

        AdminAnswer[] answers =
        [
            await client.GetAsync("/api/v1/lock?key=a"),
            await client.GetAsync("/api/v1/lock"),
            await client.GetAsync("/api/v1/nothing"),
            await client.GetAsync("/health/live"),
            await client.GetAsync("/api/v1/lock?key=a", ("Host", "evil.example")),
            await client.PostAsync(ForceRelease, "{}", "text/plain"),
        ];

        Assert.All(answers, answer =>
        {
            var policy = answer.Headers["Content-Security-Policy"].Split("; ");
            Assert.Contains("default-src 'none'", policy);
            Assert.Contains("script-src 'self'", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.Contains("require-trusted-types-for 'script'", policy);
            Assert.DoesNotContain("unsafe", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
            Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
            Assert.Equal("same-origin", answer.Headers["Cross-Origin-Opener-Policy"]);
            Assert.Equal("same-origin", answer.Headers["Cross-Origin-Resource-Policy"]);
            Assert.Contains("no-store", answer.Headers["Cache-Control"], StringComparison.Ordinal);
            Assert.DoesNotContain("Access-Control-Allow-Origin", answer.Headers.Keys);
            Assert.DoesNotContain("Server", answer.Headers.Keys);
        });
    }

    [Fact]
    public async Task WithoutAnAddress_TheServerListensOnThisMachineOnly()
    {
        await using var app = ServerHost.Build([.. Settings]);

        var address = new Uri(app.Configuration["urls"]!);

        Assert.True(address.IsLoopback);
        Assert.Equal("http://localhost:8080/", address.ToString());
    }
}
