using Npgsql;

namespace FolderImport.Records;

/// <summary>The records of a run that several processes share.</summary>
internal sealed class PostgreSqlRecords(NpgsqlDataSource database) : IFolderRecords, IImportLog
{
    /// <summary>Makes the tables afresh. The indexes make looking fast; none of them is unique.</summary>
    public async Task RecreateTablesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            CREATE SCHEMA IF NOT EXISTS folder_import;
            DROP TABLE IF EXISTS folder_import.folder_records, folder_import.imported_files;
            CREATE TABLE folder_import.folder_records (run_id text NOT NULL, path text NOT NULL);
            CREATE INDEX ON folder_import.folder_records USING hash (path);
            CREATE TABLE folder_import.imported_files (
                run_id text NOT NULL, item integer NOT NULL, grants bigint NOT NULL, found_taken bigint NOT NULL);
            CREATE INDEX ON folder_import.imported_files (run_id, item);
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<bool> ExistsAsync(Folder folder, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT EXISTS (SELECT FROM folder_import.folder_records WHERE run_id = $1 AND path = $2)", folder.Run, folder.Path);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task InsertAsync(Folder folder, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "INSERT INTO folder_import.folder_records (run_id, path) VALUES ($1, $2)", folder.Run, folder.Path);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task AddAsync(string run, int item, LockTally locks, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "INSERT INTO folder_import.imported_files (run_id, item, grants, found_taken) VALUES ($1, $2, $3, $4)",
            run, item, locks.Grants, locks.FoundTaken);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<int> CountItemsAsync(string run, CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT count(DISTINCT item) FROM folder_import.imported_files WHERE run_id = $1", run);
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<LockTally> SumTalliesAsync(string run, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT coalesce(sum(grants), 0)::bigint, coalesce(sum(found_taken), 0)::bigint FROM folder_import.imported_files WHERE run_id = $1",
            run);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new LockTally { Grants = reader.GetInt64(0), FoundTaken = reader.GetInt64(1) };
    }

    public async Task<IReadOnlyDictionary<string, int>> CountFolderRecordsAsync(string run, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT path, count(*) FROM folder_import.folder_records WHERE run_id = $1 GROUP BY path", run);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
            counts[reader.GetString(0)] = (int)reader.GetInt64(1);
        return counts;
    }

    private NpgsqlCommand Command(string text, params object[] parameters)
    {
        var command = database.CreateCommand(text);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }
}
