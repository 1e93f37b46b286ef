using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>Asks for a lock of its own every 250 ms, and releases it.</summary>
internal static class LockProbe
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    // Beyond the bounds that are asserted: a test that fails says by how much.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Starts a client, and waits until it is served.</summary>
    public static async Task<ServiceProbe> StartAsync(RabbitMqLockFixture fixture)
    {
        var client = fixture.NewClient();
        var id = Guid.CreateVersion7();
        var probe = new ServiceProbe(async (number, cancellationToken) =>
        {
            await using var handle = await client.TryAcquireAsync($"probe {id} {number}", Lease, cancellationToken);
            Assert.NotNull(handle);
        });
        await probe.WhenBackAsync(Limit);
        return probe;
    }

    /// <summary>Waits until service is back after a fault that has ended now.</summary>
    public static async Task IsBackWithinAsync(ServiceProbe probe, TimeSpan bound, string fault)
    {
        var back = await probe.WhenBackAsync(Limit);
        await MeasureAsync($"{fault}: {back.TotalSeconds:0.0} s");
        Assert.True(back <= bound, $"After {fault}, service was back after {back.TotalSeconds:0.0} s.");
    }

    /// <summary>Keeps a figure, where the environment says where.</summary>
    public static async Task MeasureAsync(string figure)
    {
        TestContext.Current.SendDiagnosticMessage("{0}", figure);
        if (Environment.GetEnvironmentVariable("LOCKS_TEST_FIGURES") is { Length: > 0 } file)
            await File.AppendAllTextAsync(file, figure + "\n");
    }
}
