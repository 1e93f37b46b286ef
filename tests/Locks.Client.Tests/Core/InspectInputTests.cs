using Locks.Contracts;
using Xunit;

namespace Locks.Client.Tests.Core;

/// <summary>What an operator's tools ask for is checked before anything is sent.</summary>
public sealed class InspectInputTests
{
    private readonly FakeCoordinator _coordinator = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InvalidInput_IsRefused_BeforeAnythingIsSent()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var client = fixture.Client;

        await RefusesAsync("Key is missing or empty", () => client.DescribeAsync("", Cancellation));
        await RefusesAsync("Key holds half of a surrogate pair", () => client.DescribeAsync("\ud83d", Cancellation));
        await RefusesAsync("State is no state of a lock", () => Task.FromResult(client.ListAsync(new LockQuery { State = "Taken" }, Cancellation)));
        await RefusesAsync("Limit is 501", () => client.Inspector.ListPageAsync(new LockQuery { PageSize = 501 }, cancellationToken: Cancellation));
        await RefusesAsync("After is missing", () => client.Inspector.ListPageAsync(after: "", cancellationToken: Cancellation));
        await RefusesAsync("Limit is 0", () => client.Inspector.ListLeasesPageAsync(pageSize: 0, cancellationToken: Cancellation));
        await RefusesAsync("Reason is missing or empty", () => client.RevokeAsync("a", "the operator", "", Cancellation));
        await RefusesAsync(
            "AttemptId is missing", () => client.CancelWaiterAsync("a", Guid.Empty, "the operator", cancellationToken: Cancellation));
        await RefusesAsync(
            "Reason has 513", () => client.CancelWaiterAsync("a", Guid.CreateVersion7(), "the operator", new string('x', 513), Cancellation));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.DescribeAsync("a", new CancellationToken(canceled: true)));

        Assert.Empty(_coordinator.Received);
    }

    [Fact]
    public async Task Revoke_TellsTheReason()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        Assert.True(await fixture.Client.RevokeAsync(LockFixture.Key, "the operator", "the job hangs", Cancellation));

        Assert.Equal("the job hangs", Assert.Single(_coordinator.All<RevokeLock>()).Reason);
    }

    private static async Task RefusesAsync(string says, Func<Task> call) =>
        Assert.Contains(says, (await Assert.ThrowsAnyAsync<ArgumentException>(call)).Message, StringComparison.Ordinal);
}
