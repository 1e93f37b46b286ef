using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Xunit;
using static Locks.Compliance.SampleLocks;

namespace Locks.Storage.Tests;

/// <summary>The one description of each table, and what is made from it.</summary>
public sealed class DescriptionTests
{
    [Fact]
    public void AColumn_HasTheNameOfItsProperty_InSnakeCase()
    {
        Assert.Equal("HolderAcquireId", LockColumns.HolderAcquireId.PropertyName);
        Assert.Equal("Id", LockColumns.Id.PropertyName);
    }

    [Fact]
    public void AColumnOfValues_IsRequired_UnlessItsValueMayBeNull()
    {
        Assert.True(LockColumns.LastFence.IsRequired);
        Assert.False(LockColumns.DueAt.IsRequired);
        Assert.Equal(typeof(DateTimeOffset?), LockColumns.DueAt.PropertyType);
    }

    [Fact]
    public void TheReadSide_ShowsEveryColumn_ButSecretsAndWhatOnlyTheCoordinatorReads()
    {
        Assert.Equal(["Ended", "HolderCohort", "HolderToken"], HiddenOf(typeof(LockRow), LockColumns.Table));
        Assert.Equal(["Token"], HiddenOf(typeof(LockWaiterRow), WaiterColumns.Table));
        Assert.Empty(HiddenOf(typeof(LeaseRow), LeaseColumns.Table));

        static IEnumerable<string> HiddenOf<T>(Type row, Table<T> table) =>
            table.Stored.Select(column => column.PropertyName).Except(row.GetProperties().Select(property => property.Name)).Order();
    }

    [Fact]
    public void ALock_IsStoredWithItsState()
    {
        var held = Held();

        Assert.Equal(LockRow.Free, StateOf(Free()));
        Assert.Equal(LockRow.Held, StateOf(held));
        Assert.Equal(LockRow.Offered, StateOf(held with { Holder = held.Holder! with { Stage = LockStage.Offered } }));
        Assert.Equal(LockRow.Cooling, StateOf(held with { Holder = held.Holder!.CooledDown(Now, TimeSpan.FromSeconds(1)) }));

        static object? StateOf(LockState state) =>
            ((Column<LockWrite>)LockColumns.State).ValueOf(new LockWrite(Guid.Empty, 0, 1, state, null, Now, [], [], []));
    }

    [Fact]
    public void ALongList_IsBrokenIntoLines()
    {
        var list = SqlText.List(Enumerable.Repeat("twenty_characters_xx", 20), "  ");

        Assert.All(list.Split('\n'), line => Assert.InRange(line.Length, 1, 130));
        Assert.Equal(Enumerable.Repeat("twenty_characters_xx", 20), list.Split(',').Select(item => item.Trim()));
    }
}
