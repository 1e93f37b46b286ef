using Locks.Client;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Locks.TestHost;

/// <summary>A service that runs on one instance at a time, and writes a journal of its terms into the database that all instances share.</summary>
internal sealed class Journalist(ExclusiveTerm term, NpgsqlDataSource journal, JournalistName name) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await NoteAsync("begin");
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Beat, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await NoteAsync("work");
        }

        await NoteAsync("end");
    }

    private async Task NoteAsync(string what)
    {
        await using var command = journal.CreateCommand("INSERT INTO journal (fence, who, what) VALUES ($1, $2, $3)");
        command.Parameters.AddWithValue(term.FencingToken);
        command.Parameters.AddWithValue(name.Value);
        command.Parameters.AddWithValue(what);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}

/// <summary>Which instance this is.</summary>
internal sealed record JournalistName(string Value);
