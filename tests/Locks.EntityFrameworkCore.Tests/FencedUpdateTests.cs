using System.Linq.Expressions;
using Locks.TestKit;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Locks.EntityFrameworkCore.Tests;

public sealed class FencedUpdateTests
{
    public static TheoryData<string> Providers => [.. FakeDatabase.Providers];

    private const int Id = 7;
    private readonly FakeDatabase _database = new("PostgreSql");

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task TheStatements_AreApproved(string provider)
    {
        var id = Id;
        var database = new FakeDatabase(provider) { Written = 0 };
        await using var db = database.Context();

        await db.Accounts.Where(account => account.Id == id).ExecuteFencedUpdateAsync(
            account => account.Fence, 34, set => set.SetProperty(account => account.Balance, account => account.Balance + 50));

        Approved.Verify(
            $"tests/Locks.EntityFrameworkCore.Tests/Approved/{provider}.FencedUpdate.sql", string.Join("\n\n", database.Statements));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task TheFenceAlone_CanBeRaised(string provider)
    {
        var database = new FakeDatabase(provider);
        await using var db = database.Context();

        await db.Accounts.Where(account => account.Id == Id).ExecuteFencedUpdateAsync(account => account.Fence, 34);

        Approved.Verify(
            $"tests/Locks.EntityFrameworkCore.Tests/Approved/{provider}.FenceAlone.sql", Assert.Single(database.Statements));
    }

    [Fact]
    public async Task AnAcceptedWrite_IsOneStatement()
    {
        await using var db = _database.Context();

        Assert.Equal(1, await db.Accounts.ExecuteFencedUpdateAsync(account => account.Fence, 34));
        Assert.True(await db.Accounts.TryExecuteFencedUpdateAsync(account => account.Fence, 34));

        Assert.Equal(2, _database.Statements.Count);
    }

    [Fact]
    public async Task AStaleToken_IsReportedWithTheHigherOne()
    {
        await using var db = _database.Context();
        (_database.Written, _database.Highest) = (0, 35);

        var stale = await Assert.ThrowsAsync<StaleFencingTokenException>(
            () => db.Accounts.ExecuteFencedUpdateAsync(account => account.Fence, 34));

        Assert.Equal(("Account", 34, 35), (stale.Guarded, stale.FencingToken, stale.HighestToken));
        Assert.Equal(
            "The write to 'Account' with fencing token 34 was refused: it has seen 35, so the lock has been granted to another since.",
            stale.Message);
    }

    [Fact]
    public async Task ToTry_IsAnsweredByOneStatement()
    {
        await using var db = _database.Context();
        (_database.Written, _database.Highest) = (0, 35);

        Assert.False(await db.Accounts.TryExecuteFencedUpdateAsync(account => account.Fence, 34));
        Assert.Single(_database.Statements);
    }

    [Fact]
    public async Task WhereThereIsNoRow_NothingIsWritten()
    {
        await using var db = _database.Context();
        (_database.Written, _database.Highest) = (0, null);

        Assert.Equal(0, await db.Accounts.ExecuteFencedUpdateAsync(account => account.Fence, 34));
    }

    // The holder of the lock inserts the row between the two statements.
    [Fact]
    public async Task ARowThatAppearsTooLate_IsNoStaleWrite()
    {
        await using var db = _database.Context();
        (_database.Written, _database.Highest) = (0, 34);

        Assert.Equal(0, await db.Accounts.ExecuteFencedUpdateAsync(account => account.Fence, 34));
    }

    [Fact]
    public async Task AFence_MayBeAShadowProperty()
    {
        await using var db = _database.Context();

        await db.Accounts.ExecuteFencedUpdateAsync(account => EF.Property<long>(account, "ShadowFence"), 34);

        Assert.Contains("WHERE a.\"ShadowFence\" <= @fencingToken", Assert.Single(_database.Statements), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task ATokenThatWasNeverGranted_IsRefused(long token)
    {
        await using var db = _database.Context();

        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => db.Accounts.ExecuteFencedUpdateAsync(account => account.Fence, token));

        Assert.StartsWith(
            $"FencingToken is {token}; it must be that of a granted lock, which is at least 1", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_database.Statements);
    }

    [Fact]
    public async Task AFenceThatIsNoLong_IsRefused()
    {
        await using var db = _database.Context();

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => db.Accounts.TryExecuteFencedUpdateAsync(account => account.Id, 34));

        Assert.StartsWith(
            "Fence is account => Convert(account.Id, Int64); it must be a property of the type long",
            refused.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> SafeQueries => [.. Safe.Keys];

    private static readonly Dictionary<string, Func<BankContext, IQueryable<Account>>> Safe = new()
    {
        ["all"] = db => db.Accounts,
        ["conditions"] = db => db.Accounts.Where(account => account.Id == Id).Where(account => account.Balance > 0),
        ["a tag"] = db => db.Accounts.TagWith("why").Where(account => account.Id == Id),
        ["tracking"] = db => db.Accounts.AsNoTracking().AsTracking().IgnoreQueryFilters().Where(account => account.Id == Id),
        ["a subquery"] = db => db.Accounts.Where(
            account => db.Branches.Any(branch => branch.Id == account.Id && branch.Accounts.Count > 0)),
        ["a foreign key"] = db => db.Accounts.Where(account => EF.Property<int?>(account, "BranchId") == 1),
        ["an owned value"] = db => db.Accounts.Where(account => account.Address!.City == "Uppsala"),
    };

    [Theory]
    [MemberData(nameof(SafeQueries))]
    public async Task ConditionsOnTheRowItself_AreAccepted(string query)
    {
        await using var db = _database.Context();

        await Safe[query](db).ExecuteFencedUpdateAsync(account => account.Fence, 34);

        // Not in a subquery: the fence is a column of the very row that is updated.
        Assert.Matches(@"UPDATE ""Accounts"" AS a\n(.|\n)*[^(]*\ba\.""Fence"" <= @fencingToken", Assert.Single(_database.Statements));
    }

    public static TheoryData<string, string> UnsafeQueries => new(Unsafe.Select(query => (query.Key, query.Value.Problem)));

    private static readonly Dictionary<string, (string Problem, Func<BankContext, IQueryable<Account>> Rows)> Unsafe = new()
    {
        ["a limit"] = ("come from Take;", db => db.Accounts.Take(1)),
        ["an order"] = ("come from OrderBy;", db => db.Accounts.OrderBy(account => account.Id).Where(account => account.Id == Id)),
        ["a set"] = ("come from Concat;", db => db.Accounts.Concat(db.Accounts)),
        ["another entity"] = ("come from SelectMany;", db => db.Branches.SelectMany(branch => branch.Accounts)),
        ["raw SQL"] = ("come from IQueryable`1;", db => db.Accounts.FromSql($"SELECT * FROM accounts")),
        ["a join"] = ("are found by way of Account.Branch;", db => db.Accounts.Where(account => account.Branch!.Id == 1)),
        ["a list"] = ("come from EnumerableQuery`1;", _ => new List<Account>().AsQueryable()),
    };

    [Theory]
    [MemberData(nameof(UnsafeQueries))]
    public async Task AQueryThatHidesTheRowInASubquery_IsRefused(string query, string problem)
    {
        await using var db = _database.Context();

        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => Unsafe[query].Rows(db).ExecuteFencedUpdateAsync(account => account.Fence, 34));

        Assert.StartsWith($"Rows {problem}", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_database.Statements);
    }

    [Fact]
    public async Task AFilterThatJoins_IsRefusedUntilItIsIgnored()
    {
        await using var db = _database.Context();
        Expression<Func<ClosedAccount, long>> fence = account => account.Fence;

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => db.ClosedAccounts.ExecuteFencedUpdateAsync(fence, 34));
        Assert.StartsWith("Rows are found by way of ClosedAccount.Branch;", refused.Message, StringComparison.Ordinal);

        Assert.Equal(1, await db.ClosedAccounts.IgnoreQueryFilters().ExecuteFencedUpdateAsync(fence, 34));
    }
}
