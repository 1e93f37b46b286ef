using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Locks.IntegrationTests.Fencing;

/// <summary>A database of a test class's own, with the tables of <see cref="AccountsContext"/> in it.</summary>
public abstract class AccountsDatabase : IAsyncLifetime
{
    /// <summary>How to reach it; <see langword="null"/> when there is no such server.</summary>
    protected abstract DbContextOptions? Options { get; }

    /// <summary>A query for how many of its sessions wait for another's lock, in a column named Value.</summary>
    protected abstract string CountWaiting { get; }

    public AccountsContext Open()
    {
        Assert.SkipWhen(
            Options is null,
            "LOCKS_TEST_SQLSERVER is not set: no statement was tried on a SQL Server. Set it to a connection string of a login that may create databases.");
        return new AccountsContext(Options);
    }

    /// <summary>Makes an account that holds 100.</summary>
    public async Task<Account> OpenAccountAsync()
    {
        await using var db = Open();
        var account = new Account { Id = Guid.CreateVersion7(), Balance = 100 };
        db.Accounts.Add(account);
        await db.SaveChangesAsync();
        return account;
    }

    public async Task<int> BalanceAsync(Account account)
    {
        await using var db = Open();
        return await db.Accounts.Where(row => row.Id == account.Id).Select(row => row.Balance).SingleAsync();
    }

    public async Task<bool> IsATransactionWaitingAsync()
    {
        await using var db = Open();
        return await db.Database.SqlQueryRaw<int>(CountWaiting).SingleAsync() > 0;
    }

    public async ValueTask InitializeAsync()
    {
        if (Options is null)
            return;

        await using var db = Open();
        await db.Database.EnsureCreatedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Options is null)
            return;

        await using var db = Open();
        await db.Database.EnsureDeletedAsync();
    }
}
