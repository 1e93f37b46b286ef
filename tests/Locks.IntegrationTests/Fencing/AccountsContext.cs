using Locks.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Locks.IntegrationTests.Fencing;

/// <summary>What a lock guards in these tests: accounts that fence themselves, and entries that need a fence of their account's key.</summary>
public sealed class AccountsContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<Entry> Entries => Set<Entry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddLockFences();
        modelBuilder.Entity<Account>().Property(account => account.Id).ValueGeneratedNever();
        modelBuilder.Entity<Entry>();
    }
}

public sealed class Account
{
    public Guid Id { get; init; }

    public int Balance { get; set; }

    public long Fence { get; init; }

    public string Key => $"account:{Id}";
}

public sealed class Entry
{
    public int Id { get; init; }

    public Guid AccountId { get; init; }

    public int Amount { get; init; }
}
