using System.Reflection;
using Locks.Contracts;
using Locks.TestKit;
using Locks.Transport.Batches;
using Locks.Transport.RabbitMq;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace Locks.Transport.Tests.RabbitMq;

/// <summary>
/// When a batch is sent on the channel of its own, and when by MassTransit. The integration tests show what goes over the wire.
/// </summary>
public sealed class BatchChannelTests
{
    private static readonly LockReplies Batch = new([]);

    private readonly BatchChannel _batches = new();
    private readonly List<Called> _calls = [];
    private bool _isOpen = true;
    private bool _isConnected = true;
    private Exception? _trouble;
    private Task _checked = Task.CompletedTask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithoutAnEndpoint_NothingIsSent()
    {
        Assert.False(await _batches.TrySendToQueueAsync("q", Batch, BatchSerializer.Replies, Cancel));
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task WhileAnEndpointRuns_ItsChannelSends_AndAsksForNoConfirmation()
    {
        await WhileAnEndpointRunsAsync(async () => Assert.True(await _batches.TrySendToQueueAsync("q", Batch, BatchSerializer.Replies, Cancel)));

        var options = (CreateChannelOptions)Assert.Single(_calls, call => call.Method == nameof(IConnection.CreateChannelAsync)).Arguments[0]!;
        Assert.False(options.PublisherConfirmationsEnabled);
        var sent = Assert.Single(Published);
        Assert.Equal(("", "q"), (sent[0], sent[1]));
        var properties = (BasicProperties)sent[3]!;
        Assert.Equal(BatchSerializer.Replies.ContentType.MediaType, properties.ContentType);
        Assert.Equal(DeliveryModes.Transient, properties.DeliveryMode);
        Assert.False(properties.IsExpirationPresent());
        Assert.Empty(BatchSerializer.Replies.Read(((ReadOnlyMemory<byte>)sent[4]!).Span).Replies);
    }

    [Fact]
    public async Task AfterTheEndpoint_NothingIsSent()
    {
        await WhileAnEndpointRunsAsync(() => Task.CompletedTask);

        Assert.False(await _batches.TrySendToQueueAsync("q", Batch, BatchSerializer.Replies, Cancel));
    }

    [Fact]
    public async Task WhereOneOfTwoEndpointsEnds_TheOtherSends()
    {
        await WhileAnEndpointRunsAsync(async () =>
        {
            await WhileAnEndpointRunsAsync(() => Task.CompletedTask);

            Assert.True(await _batches.TrySendToQueueAsync("q", Batch, BatchSerializer.Replies, Cancel));
        });
    }

    [Fact]
    public async Task AChannelThatIsNotToldThatItsConnectionIsLost_SendsNothing()
    {
        _isConnected = false;

        await WhileAnEndpointRunsAsync(async () =>
        {
            Assert.False(_batches.IsOpen);
            Assert.False(await _batches.TrySendToQueueAsync("q", Batch, BatchSerializer.Replies, Cancel));
        });

        Assert.Empty(Published);
    }

    [Fact]
    public async Task AChannelThatTheBrokerHasClosed_SendsNothing()
    {
        await WhileAnEndpointRunsAsync(async () =>
        {
            _isOpen = false;

            Assert.False(await _batches.TrySendToQueueAsync("q", Batch, BatchSerializer.Replies, Cancel));
        });
        Assert.Empty(Published);
    }

    [Fact]
    public async Task AChannelThatFails_LeavesTheBatchToMassTransit()
    {
        await WhileAnEndpointRunsAsync(async () =>
        {
            _trouble = new InvalidOperationException("Closed just now.");

            Assert.False(await _batches.TrySendToQueueAsync("q", Batch, BatchSerializer.Replies, Cancel));
        });
        Assert.Single(Published);
    }

    [Fact]
    public async Task ACancelledSending_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await WhileAnEndpointRunsAsync(async () =>
        {
            await cancelled.CancelAsync();
            _trouble = new OperationCanceledException(cancelled.Token);

            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
                await _batches.TrySendToEndpointAsync("e", Batch, BatchSerializer.Replies, TimeSpan.FromSeconds(1), cancelled.Token));
        });
    }

    [Fact]
    public async Task AnEndpointsExchange_IsDeclaredAsMassTransitDoes_Once()
    {
        await WhileAnEndpointRunsAsync(async () =>
        {
            for (var i = 0; i < 2; i++)
                Assert.True(await _batches.TrySendToEndpointAsync("e", Batch, BatchSerializer.Replies, TimeSpan.FromSeconds(1), Cancel));
        });

        var declared = Assert.Single(_calls, call => call.Method == nameof(IChannel.ExchangeDeclareAsync)).Arguments;
        Assert.Equal(("e", "fanout", true, false), (declared[0], declared[1], declared[2], declared[3]));
        Assert.All(Published, sent => Assert.Equal(("e", ""), (sent[0], sent[1])));
        Assert.Equal(2, Published.Count());
    }

    [Theory]
    [InlineData(1_500.4, "1500")]
    [InlineData(0.2, "1")]
    [InlineData(-3, "1")]
    public async Task TheTimeToLive_IsTheExpiration_OfAtLeastOneMillisecond(double milliseconds, string expiration)
    {
        await WhileAnEndpointRunsAsync(async () =>
            await _batches.TrySendToEndpointAsync("e", Batch, BatchSerializer.Replies, TimeSpan.FromMilliseconds(milliseconds), Cancel));

        Assert.Equal(expiration, ((BasicProperties)Assert.Single(Published)[3]!).Expiration);
    }

    [Fact]
    public async Task AConnectionThatTheBrokerBlocks_IsNotChecked()
    {
        await WhileAnEndpointRunsAsync(async () =>
        {
            var blocked = Assert.Single(_calls, call => call.Method == $"add_{nameof(IConnection.ConnectionBlockedAsync)}").Arguments[0];
            await ((AsyncEventHandler<ConnectionBlockedEventArgs>)blocked!)(this, new ConnectionBlockedEventArgs("low on memory"));

            Assert.True(await _batches.CheckAsync(Cancel));
        });

        Assert.DoesNotContain(_calls, call => call.Method is nameof(IChannel.BasicQosAsync) or nameof(IConnection.CloseAsync));
    }

    [Fact]
    public async Task AConnectionThatDoesNotAnswer_IsClosed_AndLogged()
    {
        using var logs = new CapturedLogs();
        using var factory = new LoggerFactory([logs]);
        using var limit = new CancellationTokenSource();
        LogContext.ConfigureCurrentLogContext(factory);
        _checked = new TaskCompletionSource().Task;
        await WhileAnEndpointRunsAsync(async () =>
        {
            var check = DetachedContext.Run(() => _batches.CheckAsync(limit.Token));
            await limit.CancelAsync();

            Assert.False(await check.Within());
        });

        Assert.Contains(_calls, call => call.Method == nameof(IConnection.CloseAsync));
        Assert.Contains(logs.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal)
            && line.Contains("The broker does not answer on connection a service", StringComparison.Ordinal));
    }

    private IEnumerable<object?[]> Published =>
        _calls.Where(call => call.Method == nameof(IChannel.BasicPublishAsync)).Select(call => call.Arguments);

    private Task WhileAnEndpointRunsAsync(Func<Task> act)
    {
        var channel = Stub<IChannel>((method, _) => method.Name switch
        {
            "get_IsOpen" => _isOpen,
            nameof(IChannel.BasicPublishAsync) => new ValueTask(_trouble is null ? Task.CompletedTask : Task.FromException(_trouble)),
            nameof(IAsyncDisposable.DisposeAsync) => default(ValueTask),
            nameof(IChannel.BasicQosAsync) => _checked,
            _ => Task.CompletedTask,
        });
        var connection = Stub<IConnection>((method, _) => method.Name switch
        {
            $"get_{nameof(IConnection.IsOpen)}" => _isConnected,
            $"get_{nameof(IConnection.Heartbeat)}" => TimeSpan.FromSeconds(5),
            $"get_{nameof(IConnection.ClientProvidedName)}" => "a service",
            _ => Task.FromResult(channel),
        });
        var connected = Stub<ConnectionContext>((_, _) => connection);
        var context = Stub<ChannelContext>((method, _) => method.ReturnType == typeof(CancellationToken) ? Cancel : connected);
        return ((IFilter<ChannelContext>)_batches).Send(context, Pipe.ExecuteAsync<ChannelContext>(_ => act()));
    }

    private T Stub<T>(Func<MethodInfo, object?[], object?> answer)
        where T : class => Tests.Stub.Of<T>((method, arguments) =>
    {
        // Like RabbitMQ's client, which copies the body: its buffer is used again when the publishing is done.
        _calls.Add(new Called(method.Name, [.. arguments.Select(it => it is ReadOnlyMemory<byte> body ? new ReadOnlyMemory<byte>(body.ToArray()) : it)]));
        return answer(method, arguments);
    });

    public sealed record Called(string Method, object?[] Arguments);
}
