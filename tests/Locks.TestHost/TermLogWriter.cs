using Locks.Client;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Locks.TestHost;

/// <summary>Runs on one instance at a time and records its terms in the database that all instances share.</summary>
internal sealed class TermLogWriter(ExclusiveTerm term, NpgsqlDataSource termLog, InstanceName name) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WriteAsync("begin");
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Beat, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await WriteAsync("work");
        }

        await WriteAsync("end");
    }

    private async Task WriteAsync(string what)
    {
        await using var command = termLog.CreateCommand("INSERT INTO term_log (fence, who, what) VALUES ($1, $2, $3)");
        command.Parameters.AddWithValue(term.FencingToken);
        command.Parameters.AddWithValue(name.Value);
        command.Parameters.AddWithValue(what);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}

/// <summary>The name of this instance in the term log.</summary>
internal sealed record InstanceName(string Value);
