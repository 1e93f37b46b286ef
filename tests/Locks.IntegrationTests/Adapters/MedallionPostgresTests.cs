using Locks.Compliance.Adapters;
using Medallion.Threading;
using Medallion.Threading.Postgres;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.Adapters;

/// <summary>The same cases against DistributedLock's own implementation on PostgreSQL: what they ask for is what that library does.</summary>
public sealed class MedallionPostgresTests(MedallionPostgresTests.AdvisoryLocks subject)
    : DistributedLockCompliance(subject), IClassFixture<MedallionPostgresTests.AdvisoryLocks>
{
    public sealed class AdvisoryLocks : IDistributedLockSubject
    {
        private readonly string _sessions = $"medallion-{Guid.CreateVersion7():N}";

        public AdvisoryLocks() => Provider = new PostgresDistributedSynchronizationProvider(
            new NpgsqlConnectionStringBuilder(TestServices.Postgres) { ApplicationName = _sessions }.ConnectionString);

        public IDistributedLockProvider Provider { get; }

        /// <summary>Ends the sessions, and the locks with them.</summary>
        public async Task LoseAsync(string name)
        {
            await using var connection = new NpgsqlConnection(TestServices.Postgres);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1", connection);
            command.Parameters.AddWithValue(_sessions);
            await command.ExecuteScalarAsync();
        }
    }
}
