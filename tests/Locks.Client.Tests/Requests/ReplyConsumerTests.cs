using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>Replies that this version of the client does not know.</summary>
public sealed class ReplyConsumerTests
{
    private readonly FakeCoordinator _coordinator = new();

    [Fact]
    public async Task AReplyOfAnUnknownKind_FailsItsRequest_AndIsLogged()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var trying = fixture.Client.TryAcquireAsync(LockFixture.Key, cancellationToken: TestContext.Current.CancellationToken);
        await _coordinator.ReceivedAsync<AcquireLock>();

        await _coordinator.SendRepliesAsync(fixture, new LockReplies([new LockReply { RequestId = _coordinator.LastRequester!.Value.RequestId }]));

        var exception = await Assert.ThrowsAsync<LockUnavailableException>(() => trying.Within());
        Assert.Equal("The reply is of a kind that this client does not know.", exception.Message);
        Assert.Single(fixture.Logs.Lines, line => line.Contains("A reply of an unknown kind was not understood", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheOtherRepliesOfItsBatch_AreReceived()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var trying = fixture.Client.TryAcquireAsync(LockFixture.Key, cancellationToken: TestContext.Current.CancellationToken);
        await _coordinator.ReceivedAsync<AcquireLock>();
        var denied = new LockDenied(LockFixture.Key, _coordinator.LastRequester!.Value.RequestId, DenyReasons.Busy);

        await _coordinator.SendRepliesAsync(fixture, new LockReplies([new LockReply(), new LockReply { Denied = denied }]));

        Assert.Null(await trying.Within());
    }
}
