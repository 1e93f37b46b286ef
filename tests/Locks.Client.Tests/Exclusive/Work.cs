using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;

namespace Locks.Client.Tests.Exclusive;

/// <summary>An exclusive service that does what the test says.</summary>
internal sealed class Work(Work.Behavior behavior, ExclusiveTerm term) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        behavior.Record("stop", term);
        cancellationToken.Register(() => behavior.Record("stop timeout", term));
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        behavior.Record("disposed", term);
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        behavior.Record("begin", term);
        try
        {
            await behavior.Do(term, stoppingToken);
        }
        finally
        {
            behavior.Record("end", term);
        }
    }

    /// <summary>What the services of one instance do, and what became of them.</summary>
    public sealed class Behavior
    {
        private readonly ConcurrentQueue<(string Event, ExclusiveTerm Term)> _events = new();

        /// <summary>What the service does. Default: it runs until it is stopped.</summary>
        public Func<ExclusiveTerm, CancellationToken, Task> Do { get; set; } =
            (_, stoppingToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);

        /// <summary>What happened, in order.</summary>
        public IReadOnlyList<string> Events => [.. _events.Select(recorded => recorded.Event)];

        /// <summary>The terms that began.</summary>
        public IReadOnlyList<ExclusiveTerm> Terms => [.. _events.Where(
            recorded => recorded.Event == "begin").Select(recorded => recorded.Term)];

        public void Record(string what, ExclusiveTerm term) => _events.Enqueue((what, term));
    }
}
