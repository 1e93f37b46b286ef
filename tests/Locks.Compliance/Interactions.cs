using MassTransit;

namespace Locks.Compliance;

/// <summary>
/// Counts what happens between a fixture's clients and the broker: each message that is about to pass, and each that has passed, in both directions.
/// Something can be made to happen at exactly one of these moments.
/// </summary>
public sealed class Interactions : IDisposable
{
    private readonly IDisposable _watch;
    private readonly Lock _gate = new();
    private readonly List<(int At, Action Action)> _planned = [];
    private int _count;

    /// <summary>Starts to count.</summary>
    public Interactions(LockFixture fixture)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        _watch = fixture.WatchInteractions(Next);
    }

    /// <summary>Whether something is still to happen.</summary>
    public bool HasPlans
    {
        get
        {
            lock (_gate)
                return _planned.Count > 0;
        }
    }

    /// <summary>Plans something for after that many more moments; 0 is now.</summary>
    public void After(int moments, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (moments == 0)
        {
            action();
            return;
        }

        lock (_gate)
            _planned.Add((_count + moments, action));
    }

    /// <inheritdoc/>
    public void Dispose() => _watch.Dispose();

    /// <summary>The moments of a bus: each message that is about to be sent, was sent, has arrived, and was dealt with.</summary>
    internal static IDisposable WatchBus(IBus bus, Action next) => new BusWatch(bus, next);

    private void Next()
    {
        List<Action> due;
        lock (_gate)
        {
            var now = ++_count;
            due = [.. _planned.Where(plan => plan.At <= now).Select(plan => plan.Action)];
            _planned.RemoveAll(plan => plan.At <= now);
        }

        foreach (var action in due)
            action();
    }

    private sealed class BusWatch : ISendObserver, IReceiveObserver, IDisposable
    {
        private readonly ConnectHandle[] _connections;
        private readonly Action _next;

        public BusWatch(IBus bus, Action next)
        {
            _next = next;
            _connections = [bus.ConnectSendObserver(this), bus.ConnectReceiveObserver(this)];
        }

        public Task PreSend<T>(SendContext<T> context)
            where T : class => Next();

        public Task PostSend<T>(SendContext<T> context)
            where T : class => Next();

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class => Next();

        public Task PreReceive(ReceiveContext context) => Next();

        public Task PostReceive(ReceiveContext context) => Next();

        public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
            where T : class => Next();

        public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
            where T : class => Next();

        public Task ReceiveFault(ReceiveContext context, Exception exception) => Next();

        public void Dispose()
        {
            foreach (var connection in _connections)
                connection.Disconnect();
        }

        private Task Next()
        {
            _next();
            return Task.CompletedTask;
        }
    }
}
