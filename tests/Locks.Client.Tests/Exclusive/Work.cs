using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;

namespace Locks.Client.Tests.Exclusive;

/// <summary>An exclusive service that does what the test says.</summary>
internal sealed class Work(Work.Script script, ExclusiveTerm term) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        script.Note("stop", term);
        cancellationToken.Register(() => script.Note("hurry", term));
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        script.Note("disposed", term);
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        script.Note("begin", term);
        try
        {
            await script.Do(term, stoppingToken);
        }
        finally
        {
            script.Note("end", term);
        }
    }

    /// <summary>What the services of one instance do, and what became of them.</summary>
    public sealed class Script
    {
        private readonly ConcurrentQueue<(string Event, ExclusiveTerm Term)> _notes = new();

        /// <summary>Until it is told to stop, when the test says nothing else.</summary>
        public Func<ExclusiveTerm, CancellationToken, Task> Do { get; set; } =
            (_, stoppingToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);

        /// <summary>What happened, in order.</summary>
        public IReadOnlyList<string> Events => [.. _notes.Select(note => note.Event)];

        /// <summary>The terms that began.</summary>
        public IReadOnlyList<ExclusiveTerm> Terms => [.. _notes.Where(note => note.Event == "begin").Select(note => note.Term)];

        public void Note(string what, ExclusiveTerm term) => _notes.Enqueue((what, term));
    }
}
