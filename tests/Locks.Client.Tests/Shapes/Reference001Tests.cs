using Xunit;

namespace Locks.Client.Tests.Shapes;

/// <summary>"Locks" (reference 001): a lease, and a job that must not be processed twice, with the code of the document.</summary>
public sealed class Reference001Tests
{
    private readonly StandIn _coordinator = new();

    public Reference001Tests() => _coordinator.OnAcquire = asked => _coordinator.Grant(asked);

    [Fact]
    public async Task AJob_IsProcessedUnderItsLease()
    {
        await using var world = await LockWorld.StartAsync(_coordinator);
        var client = world.Client;

        var lease = await client.Leases.GrantAsync(TimeSpan.FromSeconds(10));

        var lockHandle = await client.Locks.AcquireAsync("lock:job:1", lease.Id);

        if (lockHandle.Acquired)
        {
            await client.PutAsync("job:1", "processing");

            // do work here

            await client.Leases.RevokeAsync(lease.Id);
        }

        Assert.Equal("processing", KeyValues.Of(client)["job:1"]);
        Assert.False(lockHandle.Handle!.IsHeld);
        Assert.Single(_coordinator.All<Contracts.RevokeLease>());
    }
}
