using System.Data;
using Locks.Coordinator.Domain;
using Locks.Storage.Relational;
using Xunit;
using static Locks.Compliance.SampleLocks;

namespace Locks.Storage.Tests;

/// <summary>Rows as a database may return them, also one whose constraint was switched off.</summary>
public sealed class LockReaderTests
{
    [Theory]
    [InlineData(LockRow.Free, false, false)]
    [InlineData(LockRow.Offered, true, false)]
    [InlineData(LockRow.Held, true, false)]
    [InlineData(LockRow.Cooling, true, true)]
    public async Task TheState_SaysWhereTheLockIs(string state, bool hasHolder, bool isReleased)
    {
        var stored = await ReadAsync(state, hasHolder, isReleased);

        Assert.Equal(state, stored.Stage.Name());
        Assert.Equal((hasHolder, isReleased), (stored.Holder is not null, stored.Holder?.ReleasedAt is not null));
        stored.CheckInvariants();
    }

    [Theory]
    [InlineData(LockRow.Free, true, false)]
    [InlineData(LockRow.Free, false, true)]
    [InlineData(LockRow.Offered, false, false)]
    [InlineData(LockRow.Offered, true, true)]
    [InlineData(LockRow.Held, false, false)]
    [InlineData(LockRow.Held, true, true)]
    [InlineData(LockRow.Cooling, true, false)]
    [InlineData(LockRow.Cooling, false, true)]
    [InlineData("Revoking", true, false)]
    public async Task AStateThatContradictsTheRest_IsRefused(string state, bool hasHolder, bool isReleased)
    {
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(state, hasHolder, isReleased));

        Assert.Contains("'orders/42'", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"'{state}'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<LockState> ReadAsync(string state, bool hasHolder, bool isReleased)
    {
        using var table = new DataTable();
        foreach (var name in LoadedRow.OfLocks(column => column.Name, kind => $"absent {kind}"))
            table.Columns.Add(table.Columns.Contains(name) ? $"{name} {table.Columns.Count}" : name, typeof(object));

        var row = table.NewRow();
        Set(LockColumns.Id, Guid.CreateVersion7());
        Set(LockColumns.Key, "orders/42");
        Set(LockColumns.Version, 1L);
        Set(LockColumns.State, state);
        Set(LockColumns.LastFence, 7L);
        Set(LockColumns.LastTicket, 0L);
        if (hasHolder)
        {
            Set(LockColumns.HolderAcquireId, Guid.CreateVersion7());
            Set(LockColumns.HolderOwner, "owner");
            Set(LockColumns.HolderToken, "s3cret");
            Set(LockColumns.HolderTtl, 30_000_000L);
            Set(LockColumns.HolderGrantedAt, Now);
            Set(LockColumns.HolderExpiresAt, Now.AddSeconds(30));
        }

        if (isReleased)
            Set(LockColumns.HolderReleasedAt, Now.AddSeconds(1));
        table.Rows.Add(row);

        await using var reader = table.CreateDataReader();
        return Assert.Single(await LockReader.ReadAsync(new RowReader(reader), 1, TestContext.Current.CancellationToken)).State;

        void Set(Column column, object value) => row[column.Name] = value;
    }
}
