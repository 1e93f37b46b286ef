using System.Collections.Concurrent;
using Locks.IntegrationTests.ConsumeFilter;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>Messages of one key that waited for their lock changed places, because they are consumed concurrently.</summary>
public sealed class MessageOrderTests : IAsyncLifetime
{
    private const int Messages = 3_000;
    private const int Keys = 6;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly RabbitMqLockFixture _fixture = new();
    private readonly string _queue = $"moves-{Guid.CreateVersion7():N}";
    private readonly Moves _moves = new();

    public async ValueTask InitializeAsync() => await _fixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        await RabbitMqQueue.DeleteAsync(_queue);
    }

    [Fact]
    public async Task MessagesOfOneKey_AreConsumedInTheOrderInWhichTheyWereDelivered()
    {
        await _fixture.StartServiceAsync(bus =>
        {
            bus.AddSingleton(_moves);
            bus.AddConsumer<Mover>().Endpoint(endpoint =>
            {
                endpoint.Name = _queue;
                endpoint.PrefetchCount = 32;
            });
            bus.AddConfigureEndpointsCallback((context, name, endpoint) =>
            {
                if (name == _queue)
                    endpoint.UseDistributedLock<Move>(context, move => move.Key, guard => guard.WaitWhenBusy(Limit));
            });
        });

        var endpoint = await _fixture.Bus.GetSendEndpoint(new Uri($"queue:{_queue}"));
        for (var number = 0; number < Messages; number++)
            await endpoint.Send(new Move($"piece:{number % Keys}", number));

        await Eventually.HoldsAsync(() => _moves.Count >= Messages, Limit);
        Assert.All(_moves.ByKey, numbers => Assert.Equal(numbers.Order(), numbers));
        Assert.Equal(Messages, _moves.Count);
    }

    public sealed record Move(string Key, int Number);

    internal sealed class Moves
    {
        private readonly ConcurrentDictionary<string, ConcurrentQueue<int>> _byKey = new();
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public IEnumerable<IReadOnlyList<int>> ByKey => _byKey.Values.Select(numbers => numbers.ToArray());

        public void Add(Move move)
        {
            _byKey.GetOrAdd(move.Key, _ => new ConcurrentQueue<int>()).Enqueue(move.Number);
            Interlocked.Increment(ref _count);
        }
    }

    internal sealed class Mover(Moves moves) : IConsumer<Move>
    {
        public async Task Consume(ConsumeContext<Move> context)
        {
            await Task.Yield();
            moves.Add(context.Message);
        }
    }
}
