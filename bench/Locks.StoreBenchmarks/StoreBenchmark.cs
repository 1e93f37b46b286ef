using System.Globalization;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Locks.StoreBenchmarks;

/// <summary>The contenders, one after the other in every round.</summary>
internal static class StoreBenchmark
{
    private const string Floor = "UPDATE by key";
    private static readonly int[] Sizes = [1, 64, 256, 1_024];

    public static async Task RunAsync(Settings settings, TextWriter output, CancellationToken cancellationToken)
    {
        await using var server = new Server(settings.Postgres);
        await server.CreateAsync();
        var services = new ServiceCollection().AddLogging();
        services.AddLockCoordinator().UsePostgreSql(server.Database);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<ILockSchema>().MigrateAsync(cancellationToken);

        await using var plain = NpgsqlDataSource.Create(server.Database);
        var contenders = new List<Contender> { await PlainAsync(plain) };
        contenders.AddRange(await OfAsync("PostgreSQL", provider.GetRequiredService<ILockStore>(), settings));
        contenders.AddRange(await OfAsync("memory", new InMemoryLockStore(), settings));
        contenders.RemoveAll(contender => contender.Name != Floor && settings.Only is { } only && !contender.Name.Contains(only, StringComparison.Ordinal));

        foreach (var contender in contenders)
            await Measurement.OfAsync(contender, settings.Length, server, cancellationToken);
        await server.CheckpointAsync();

        var rounds = contenders.ToDictionary(contender => contender, _ => new List<Measurement>());
        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var contender in contenders)
                rounds[contender].Add(await Measurement.OfAsync(contender, settings.Length, server, cancellationToken));
        }

        var medians = rounds.ToDictionary(entry => entry.Key, entry => Measurement.MedianOf(entry.Value));
        var floor = medians[contenders[0]];
        await output.WriteLineAsync("| | in flight | rows/s | × floor | p50 µs | µs CPU/row | server's µs/row | log bytes/row |");
        await output.WriteLineAsync("|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var (contender, m) in medians)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"| {contender.Name} | {contender.InFlight} | {m.RowsPerSecond:N0} | {m.RowsPerSecond / floor.RowsPerSecond:N2} | {m.P50:N0} | {m.Cpu:N2} | {m.ServerCpu:N2} | {m.Wal:N0} |"));
        }
    }

    /// <summary>The disk's own commits: one row of a plain table, by its key.</summary>
    private static async Task<Contender> PlainAsync(NpgsqlDataSource plain)
    {
        await using (var create = plain.CreateCommand("CREATE TABLE plain AS SELECT n AS id, 0 AS value FROM generate_series(0, 9999) n; ALTER TABLE plain ADD PRIMARY KEY (id)"))
            await create.ExecuteNonQueryAsync();

        var next = 0;
        return new Contender(Floor, 1, 1, async (_, cancellationToken) =>
        {
            await using var connection = await plain.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("UPDATE plain SET value = value + 1 WHERE id = $1", connection);
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = next++ % 10_000 });
            await command.PrepareAsync(cancellationToken);
            await command.ExecuteNonQueryAsync(cancellationToken);
        });
    }

    private static async Task<IEnumerable<Contender>> OfAsync(string name, ILockStore store, Settings settings)
    {
        var locks = await CycledLocks.CreateAsync(store, settings.Rows, settings.Hot, settings.InFlight, settings.Remembered);

        // A set has each lock once.
        var sizes = Sizes.Where(size => size <= settings.Hot / settings.InFlight).ToList();
        return
        [
            .. sizes.Select(size => new Contender(
                $"{name}: commit {size}", size, size == 1 ? 1 : settings.InFlight, (caller, cancel) => locks.CommitAsync(caller, size, cancel))),
            .. sizes.Select(size => new Contender(
                $"{name}: load {size}", size, size == 1 ? 1 : settings.InFlight, (caller, cancel) => locks.LoadAsync(caller, size, cancel))),
            new Contender($"{name}: sweep", 1, 1, (_, cancel) => locks.SweepAsync(cancel)),
        ];
    }
}
