using Locks.Contracts;
using Xunit;

namespace Locks.Client.Tests.Core;

/// <summary>The operator's tool: taking a lock away from its holder.</summary>
public sealed class RevokeTests
{
    private readonly FakeCoordinator _coordinator = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Revoke_ReturnsWhetherTheLockWasHeld()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        Assert.True(await fixture.Client.RevokeAsync(LockFixture.Key, "the operator", Cancellation));
        _coordinator.OnRevoke = revoke => new LockNotHeld(revoke.Key);
        Assert.False(await fixture.Client.RevokeAsync(LockFixture.Key, "the operator", Cancellation));

        Assert.All(_coordinator.All<RevokeLock>(), revoke => Assert.Equal((LockFixture.Key, "the operator"), (revoke.Key, revoke.By)));
        Assert.Equal(2, _coordinator.All<RevokeLock>().Select(revoke => revoke.RevokeId).Distinct().Count());
    }

    [Fact]
    public async Task Revoke_OfOneGrant_NamesItsFencingToken()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await fixture.Client.RevokeAsync(LockFixture.Key, "the operator", "it hangs", 7, Cancellation);
        await fixture.Client.RevokeAsync(LockFixture.Key, "the operator", "it hangs", Cancellation);

        Assert.Equal([7, null], _coordinator.All<RevokeLock>().Select(revoke => revoke.FencingToken));
    }

    [Fact]
    public async Task InvalidInput_IsRefused_BeforeAnythingIsSent()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Client.RevokeAsync("", "the operator", Cancellation));
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => fixture.Client.RevokeAsync("a", "", Cancellation));
        Assert.Contains("By is missing or empty; it must have 1 to 256 UTF-8 bytes", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fixture.Client.RevokeAsync("a", "the operator", new CancellationToken(canceled: true)));

        Assert.Empty(_coordinator.Received);
    }
}
