using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;

namespace Locks.Client.Tests.Exclusive;

/// <summary>An exclusive service that does what the test says.</summary>
internal sealed class Work(Work.Script script, ExclusiveTerm term) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        script.Record("stop", term);
        cancellationToken.Register(() => script.Record("stop timeout", term));
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        script.Record("disposed", term);
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        script.Record("begin", term);
        try
        {
            await script.Do(term, stoppingToken);
        }
        finally
        {
            script.Record("end", term);
        }
    }

    /// <summary>What the services of one instance do, and what became of them.</summary>
    public sealed class Script
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
