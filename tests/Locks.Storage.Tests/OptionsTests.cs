using Locks.Coordinator.PostgreSql;
using Locks.Coordinator.Sqlite;
using Locks.Coordinator.SqlServer;
using Xunit;

namespace Locks.Storage.Tests;

public sealed class OptionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1_500)]
    [InlineData(300_001)]
    public void ACommandTimeoutOutOfRange_IsRefused_WithBothValues(int milliseconds)
    {
        var timeout = TimeSpan.FromMilliseconds(milliseconds);

        foreach (var refusal in new Action[]
        {
            new PostgreSqlLockStoreOptions { CommandTimeout = timeout }.Validate,
            new SqlServerLockStoreOptions { CommandTimeout = timeout }.Validate,
            new SqliteLockStoreOptions { CommandTimeout = timeout }.Validate,
        })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(refusal);
            Assert.StartsWith($"CommandTimeout is {timeout:c}; it must be 1 s to 5 min", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheDefaults_AreInRange()
    {
        new PostgreSqlLockStoreOptions().Validate();
        new SqlServerLockStoreOptions().Validate();
        new SqliteLockStoreOptions().Validate();
    }
}
