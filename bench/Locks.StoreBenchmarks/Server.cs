using System.Globalization;
using Npgsql;

namespace Locks.StoreBenchmarks;

/// <summary>A database of the benchmark's own, and what its server says of itself.</summary>
internal sealed class Server(string connectionString) : IAsyncDisposable
{
    private const double TicksPerSecond = 100;
    private static readonly string Name = $"locks_store_bench_{Guid.CreateVersion7():N}";
    private readonly NpgsqlDataSource _outside = NpgsqlDataSource.Create(connectionString);

    /// <summary>The way to the database.</summary>
    public string Database { get; } = new NpgsqlConnectionStringBuilder(connectionString) { Database = Name }.ConnectionString;

    public Task CreateAsync() => ExecuteAsync($"CREATE DATABASE {Name}");

    public Task CheckpointAsync() => ExecuteAsync("CHECKPOINT");

    /// <summary>Seconds of processor time of all its processes, and bytes of its log, since ever.</summary>
    public async Task<(double Cpu, double Wal)> UsageAsync()
    {
        await using var command = _outside.CreateCommand("SELECT (SELECT array_agg(pid) FROM pg_stat_activity), pg_current_wal_insert_lsn() - '0/0'::pg_lsn");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetFieldValue<int[]>(0).Sum(CpuOf), (double)reader.GetDecimal(1));
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
        await _outside.DisposeAsync();
    }

    // Of a server elsewhere there is nothing to see.
    private static double CpuOf(int process)
    {
        var stat = $"/proc/{process}/stat";
        if (!File.Exists(stat))
            return 0;

        // The name, in parentheses, may hold spaces.
        var fields = File.ReadAllText(stat).Split(") ", 2)[1].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private async Task ExecuteAsync(string statement)
    {
        await using var command = _outside.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }
}
