using Locks.Testing;
using Locks.TestKit;
using Xunit;

namespace Locks.Transport.Tests;

public sealed class BoundedSendTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource _sent = new();
    private CancellationToken _ofSend;

    [Fact]
    public async Task ASendThatDoesNotEnd_IsCancelled_AndGivenUp()
    {
        var send = BoundedSend.RunAsync(Send, _time, TestContext.Current.CancellationToken);

        _time.Advance(BoundedSend.Limit);

        await Assert.ThrowsAsync<TimeoutException>(send.Within);
        Assert.True(_ofSend.IsCancellationRequested);
    }

    [Fact]
    public async Task WithoutACallersToken_TheLimitHoldsAllTheSame()
    {
        var send = BoundedSend.RunAsync(Send, _time, CancellationToken.None);

        _time.Advance(BoundedSend.Limit);

        await Assert.ThrowsAsync<TimeoutException>(send.Within);
    }

    [Fact]
    public async Task ACallerThatLeaves_WaitsNoLonger_AndTheSendGoesOnUntilItsLimit()
    {
        using var caller = new CancellationTokenSource();
        var send = BoundedSend.RunAsync(Send, _time, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(send.Within);
        Assert.False(_ofSend.IsCancellationRequested);
        _time.Advance(BoundedSend.Limit);
        Assert.True(_ofSend.IsCancellationRequested);
    }

    [Fact]
    public async Task ACallerThatHasLeft_SendsNothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BoundedSend.RunAsync(Send, _time, new CancellationToken(canceled: true)));

        Assert.Equal(CancellationToken.None, _ofSend);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ASendThatIsOverAtOnce_NeedsNoWait(bool canLeave)
    {
        using var caller = new CancellationTokenSource();
        _sent.SetResult();

        var send = BoundedSend.RunAsync(Send, _time, canLeave ? caller.Token : CancellationToken.None);

        Assert.True(send.IsCompletedSuccessfully);
        await send;
    }

    [Fact]
    public async Task AFailure_IsTheSends()
    {
        var send = BoundedSend.RunAsync(Send, _time, TestContext.Current.CancellationToken);

        _sent.SetException(new InvalidOperationException("no such exchange"));

        Assert.Equal("no such exchange", (await Assert.ThrowsAsync<InvalidOperationException>(send.Within)).Message);
    }

    private Task Send(CancellationToken cancellationToken)
    {
        _ofSend = cancellationToken;
        return _sent.Task;
    }
}
