using System.Transactions;
using Locks.EntityFrameworkCore;
using Locks.TestKit;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Locks.IntegrationTests.Fencing;

/// <summary>Holders of grants 33, 34 and 35 of one lock, and a database that lets none of them write after a later one did.</summary>
public abstract class FencingTests(AccountsDatabase database)
{
    /// <summary>What remembers the highest token: the guarded row, or a row for the lock's key, which may not be there yet.</summary>
    public enum Guard
    {
        Row,
        NewKey,
        KnownKey,
    }

    public static TheoryData<Guard> Guards => [Guard.Row, Guard.NewKey, Guard.KnownKey];

    [Fact]
    public async Task ARow_AcceptsAGrantManyTimes_AndEveryLaterGrant()
    {
        var account = await database.OpenAccountAsync();

        Assert.Equal(1, await AddAsync(account, 33, 1));
        Assert.Equal(1, await AddAsync(account, 33, 1));
        Assert.Equal(1, await AddAsync(account, 35, 1));

        Assert.Equal(103, await database.BalanceAsync(account));
    }

    [Fact]
    public async Task ARow_RefusesAnEarlierGrant_AndStaysAsItIs()
    {
        var account = await database.OpenAccountAsync();
        await AddAsync(account, 34, 1);

        var stale = await Assert.ThrowsAsync<StaleFencingTokenException>(() => AddAsync(account, 33, 10));

        Assert.Equal(("Account", 33, 34), (stale.Guarded, stale.FencingToken, stale.HighestToken));
        Assert.Equal(101, await database.BalanceAsync(account));
        Assert.Equal(1, await AddAsync(account, 34, 1));
    }

    // So what the later holder then reads stays true until it writes.
    [Fact]
    public async Task ARow_WhoseFenceIsRaised_RefusesAnEarlierGrantBeforeALaterOneWrites()
    {
        var account = await database.OpenAccountAsync();
        await using var db = database.Open();

        await db.Accounts.Where(row => row.Id == account.Id).ExecuteFencedUpdateAsync(row => row.Fence, 34);

        await Assert.ThrowsAsync<StaleFencingTokenException>(() => AddAsync(account, 33, 10));
        Assert.Equal(100, await database.BalanceAsync(account));
    }

    [Fact]
    public async Task ARow_AnswersWhoTries()
    {
        var account = await database.OpenAccountAsync();
        await using var db = database.Open();
        var row = db.Accounts.Where(row => row.Id == account.Id);

        Assert.True(await row.TryExecuteFencedUpdateAsync(row => row.Fence, 34, set => set.SetProperty(row => row.Balance, 110)));
        Assert.False(await row.TryExecuteFencedUpdateAsync(row => row.Fence, 33, set => set.SetProperty(row => row.Balance, 120)));

        Assert.Equal(110, await database.BalanceAsync(account));
    }

    [Fact]
    public async Task WhereThereIsNoRow_NothingIsWritten()
    {
        await using var db = database.Open();
        var row = db.Accounts.Where(row => row.Id == Guid.Empty);

        Assert.Equal(0, await row.ExecuteFencedUpdateAsync(row => row.Fence, 34));
        Assert.False(await row.TryExecuteFencedUpdateAsync(row => row.Fence, 34));
    }

    [Fact]
    public async Task OfSeveralRows_ThoseThatHaveSeenAHigherTokenStayAsTheyAre()
    {
        var (one, other) = (await database.OpenAccountAsync(), await database.OpenAccountAsync());
        await AddAsync(other, 35, 1);
        await using var db = database.Open();

        var written = await db.Accounts.Where(row => row.Id == one.Id || row.Id == other.Id)
            .ExecuteFencedUpdateAsync(row => row.Fence, 34, set => set.SetProperty(row => row.Balance, 0));

        Assert.Equal(1, written);
        Assert.Equal((0, 101), (await database.BalanceAsync(one), await database.BalanceAsync(other)));
    }

    [Theory]
    [MemberData(nameof(Guards))]
    public async Task ATransaction_OfAnEarlierGrant_WaitsForOneOfALaterGrant_AndIsRefused(Guard guard)
    {
        var account = await AccountAsync(guard);
        await using var later = await Holder.BeginAsync(database, guard, account);
        await using var earlier = await Holder.BeginAsync(database, guard, account);
        await later.FenceAsync(35);

        var refused = earlier.FenceAsync(34);
        await Eventually.HoldsAsync(database.IsATransactionWaitingAsync);
        Assert.False(refused.IsCompleted);
        await later.AddAndCommitAsync(50);

        var stale = await Assert.ThrowsAsync<StaleFencingTokenException>(() => refused.Within());
        Assert.Equal((34, 35), (stale.FencingToken, stale.HighestToken));
        Assert.Equal(150, await database.BalanceAsync(account));
    }

    [Theory]
    [MemberData(nameof(Guards))]
    public async Task ATransaction_OfALaterGrant_WaitsForOneOfAnEarlierGrant_AndSeesWhatItWrote(Guard guard)
    {
        var account = await AccountAsync(guard);
        await using var earlier = await Holder.BeginAsync(database, guard, account);
        await using var later = await Holder.BeginAsync(database, guard, account);
        await earlier.FenceAsync(34);

        var accepted = later.FenceAsync(35);
        await Eventually.HoldsAsync(database.IsATransactionWaitingAsync);
        Assert.False(accepted.IsCompleted);
        await earlier.AddAndCommitAsync(10);
        await accepted.Within();
        await later.AddAndCommitAsync(50);

        Assert.Equal(160, await database.BalanceAsync(account));
    }

    [Theory]
    [MemberData(nameof(Guards))]
    public async Task ATransactionThatIsRolledBack_HasFencedNothing(Guard guard)
    {
        var account = await AccountAsync(guard);
        await using var earlier = await Holder.BeginAsync(database, guard, account);
        await using (var later = await Holder.BeginAsync(database, guard, account))
        {
            await later.FenceAsync(35);
        }

        await earlier.FenceAsync(34);
        await earlier.AddAndCommitAsync(10);

        Assert.Equal(110, await database.BalanceAsync(account));
    }

    [Theory]
    [MemberData(nameof(Guards))]
    public async Task AGrant_MayHaveManyTransactions(Guard guard)
    {
        var account = await AccountAsync(guard);
        foreach (var token in (long[])[34, 34, 35, 35])
        {
            await using var holder = await Holder.BeginAsync(database, guard, account);
            await holder.FenceAsync(token);
            await holder.FenceAsync(token);
            await holder.AddAndCommitAsync(1);
        }

        await using var stale = await Holder.BeginAsync(database, guard, account);
        await Assert.ThrowsAsync<StaleFencingTokenException>(() => stale.FenceAsync(34));
        Assert.Equal(104, await database.BalanceAsync(account));
    }

    [Fact]
    public async Task AKey_NamesItselfWhenItRefuses()
    {
        var account = await AccountAsync(Guard.NewKey);
        await using (var later = await Holder.BeginAsync(database, Guard.NewKey, account))
        {
            await later.FenceAsync(35);
            await later.AddAndCommitAsync(0);
        }

        await using var earlier = await Holder.BeginAsync(database, Guard.NewKey, account);
        var stale = await Assert.ThrowsAsync<StaleFencingTokenException>(() => earlier.FenceAsync(34));

        Assert.Equal((account.Key, 34, 35), (stale.Guarded, stale.FencingToken, stale.HighestToken));
    }

    [Fact]
    public async Task Keys_AreComparedOrdinally()
    {
        var name = $"Key {Guid.CreateVersion7()}";
        await using var db = database.Open();
        await using var transaction = await db.Database.BeginTransactionAsync();

        await db.RaiseFenceAsync(name, 35);
        await db.RaiseFenceAsync(name.ToUpperInvariant(), 34);
        await db.RaiseFenceAsync(name + " ", 33);

        await Assert.ThrowsAsync<StaleFencingTokenException>(() => db.RaiseFenceAsync(name, 34));
    }

    [Fact]
    public async Task AnAmbientTransaction_WillDo()
    {
        var account = await AccountAsync(Guard.NewKey);
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var abandoned = database.Open();
            await abandoned.RaiseFenceAsync(account.Key, 35);
        }

        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var db = database.Open();
            await db.RaiseFenceAsync(account.Key, 34);
            scope.Complete();
        }

        await using var stale = await Holder.BeginAsync(database, Guard.KnownKey, account);
        await Assert.ThrowsAsync<StaleFencingTokenException>(() => stale.FenceAsync(33));
    }

    private async Task<Account> AccountAsync(Guard guard)
    {
        var account = await database.OpenAccountAsync();
        if (guard == Guard.KnownKey)
        {
            await using var first = await Holder.BeginAsync(database, guard, account);
            await first.FenceAsync(33);
            await first.AddAndCommitAsync(0);
        }

        return account;
    }

    private async Task<int> AddAsync(Account account, long token, int amount)
    {
        await using var db = database.Open();
        return await db.Accounts.Where(row => row.Id == account.Id).ExecuteFencedUpdateAsync(
            row => row.Fence, token, set => set.SetProperty(row => row.Balance, row => row.Balance + amount));
    }

    /// <summary>Raises the fence, reads, writes to several tables, commits: in that order, as every holder should.</summary>
    private sealed class Holder(AccountsContext db, Guard guard, Account account) : IAsyncDisposable
    {
        public static async Task<Holder> BeginAsync(AccountsDatabase database, Guard guard, Account account)
        {
            var db = database.Open();
            await db.Database.BeginTransactionAsync();
            return new Holder(db, guard, account);
        }

        public async Task FenceAsync(long token)
        {
            if (guard == Guard.Row)
                Assert.Equal(1, await db.Accounts.Where(row => row.Id == account.Id).ExecuteFencedUpdateAsync(row => row.Fence, token));
            else
                await db.RaiseFenceAsync(account.Key, token);
        }

        public async Task AddAndCommitAsync(int amount)
        {
            var row = await db.Accounts.SingleAsync(row => row.Id == account.Id);
            row.Balance += amount;
            db.Entries.Add(new Entry { AccountId = account.Id, Amount = amount });
            await db.SaveChangesAsync();
            await db.Database.CommitTransactionAsync();
        }

        public ValueTask DisposeAsync() => db.DisposeAsync();
    }
}
