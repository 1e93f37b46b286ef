using System.Text.Json;
using Locks.Server.Commands;
using Xunit;

namespace Locks.Server.Tests;

public sealed class HealthTests
{
    private const int Limit = 60_000;
    private const string ClosedDatabase =
        "--Locks:ConnectionString=Host=127.0.0.1;Port=1;Database=locks;Username=locks;Password=s3cret;Timeout=2";

    [Fact(Timeout = Limit)]
    public async Task WithBusAndStore_TheServerIsReady()
    {
        await using var server = await RunningServer.StartAsync("--Locks:Broker=inmemory", "--Locks:Store=InMemory");

        var body = JsonDocument.Parse(await server.GetUntilAsync("/health/ready", 200)).RootElement;

        Assert.Equal("Healthy", body.GetProperty("status").GetString());
        Assert.Equal("Healthy", body.GetProperty("checks").GetProperty("masstransit-bus").GetProperty("status").GetString());
        Assert.Equal(CommandLine.Done, await HealthAsync(server.Address));
        Assert.Equal((200, """{"status":"Healthy","checks":{}}"""), await server.GetAsync("/health/live"));
    }

    [Fact(Timeout = Limit)]
    public async Task WithoutTheDatabase_TheServerLives_IsNotReady_SaysSoOnce_AndStops()
    {
        await using (var server = await RunningServer.StartAsync("--Locks:Broker=inmemory", "--Locks:Store=PostgreSql", ClosedDatabase))
        {
            var (status, body) = await server.GetAsync("/health/ready");

            Assert.Equal(503, status);
            var checks = JsonDocument.Parse(body).RootElement.GetProperty("checks");
            Assert.Equal("Unhealthy", checks.GetProperty("locks-store").GetProperty("status").GetString());
            Assert.Equal("Unhealthy", checks.GetProperty("locks-schema").GetProperty("status").GetString());
            Assert.NotEqual("Healthy", checks.GetProperty("masstransit-bus").GetProperty("status").GetString());
            Assert.Equal(200, (await server.GetAsync("/health/live")).Status);
            Assert.Equal(CommandLine.Failed, await HealthAsync(server.Address));

            // A second look at the database lies in between.
            await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System, TestContext.Current.CancellationToken);
            Assert.Single(server.Log, line => line.Contains("No request is taken", StringComparison.Ordinal));
            Assert.DoesNotContain(server.Log, line => line.Contains("s3cret", StringComparison.Ordinal));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task WithoutTheBroker_TheServerLives_IsNotReady_AndLogsNoPassword()
    {
        await using var server = await RunningServer.StartAsync("--Locks:Broker=amqp://locks:s3cret@127.0.0.1:1/", "--Locks:Store=InMemory");

        while (!server.Log.Any(line => line.Contains("Connection Failed", StringComparison.Ordinal)))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(503, (await server.GetAsync("/health/ready")).Status);
        Assert.Equal(200, (await server.GetAsync("/health/live")).Status);
        Assert.DoesNotContain(server.Log, line => line.Contains("s3cret", StringComparison.Ordinal));
    }

    private static Task<int> HealthAsync(string address) =>
        CommandLine.RunAsync(["health", $"--urls={address}"], TextWriter.Null, TextWriter.Null);
}
