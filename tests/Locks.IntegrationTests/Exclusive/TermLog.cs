using Locks.TestKit;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.Exclusive;

/// <summary>What the instances of a service have written, in the order in which the database took it.</summary>
internal sealed class TermLog : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;

    private TermLog(NpgsqlDataSource database) => _database = database;

    public static async Task<TermLog> CreateAsync(string connectionString)
    {
        var termLog = new TermLog(NpgsqlDataSource.Create(connectionString));
        await using var command = termLog._database.CreateCommand(
            """
            CREATE TABLE term_log (
                id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), fence bigint NOT NULL, who text NOT NULL, what text NOT NULL)
            """);
        await command.ExecuteNonQueryAsync();
        return termLog;
    }

    public async Task<IReadOnlyList<Entry>> ReadAsync()
    {
        await using var command = _database.CreateCommand("SELECT at, fence, who, what FROM term_log ORDER BY id");
        await using var reader = await command.ExecuteReaderAsync();
        var entries = new List<Entry>();
        while (await reader.ReadAsync())
            entries.Add(new Entry(reader.GetDateTime(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3)));
        return entries;
    }

    /// <summary>Waits until an instance works in a term, other than its last one if that is given.</summary>
    /// <returns>The term's fencing token.</returns>
    public async Task<long> WorksAsync(string who, long after = 0)
    {
        IReadOnlyList<Entry> found = [];
        await Eventually.HoldsAsync(
            async () => (found = [.. (await ReadAsync()).Where(entry => entry.Who == who && entry.Fence > after && entry.What == "work")]).Count > 0,
            what: $"work of {who}");
        return found[0].Fence;
    }

    /// <summary>Never two at a time: an instance that wrote after another was granted the lock later, and none wrote in between.</summary>
    /// <returns>For each term but the first, how long none had written when it began.</returns>
    public async Task<IReadOnlyList<TimeSpan>> GapsBetweenTermsAsync()
    {
        var entries = await ReadAsync();
        Assert.Equal(entries.Select(entry => entry.Fence).Order(), entries.Select(entry => entry.Fence));
        Assert.All(entries.GroupBy(entry => entry.Fence), term => Assert.Single(term.Select(entry => entry.Who).Distinct()));
        return
        [
            .. entries.Zip(entries.Skip(1)).Where(pair => pair.First.Fence != pair.Second.Fence).Select(pair => pair.Second.At - pair.First.At),
        ];
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    internal sealed record Entry(DateTime At, long Fence, string Who, string What);
}
