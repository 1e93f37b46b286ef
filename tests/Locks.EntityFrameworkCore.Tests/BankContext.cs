using Microsoft.EntityFrameworkCore;

namespace Locks.EntityFrameworkCore.Tests;

/// <summary>A user's model: accounts that fence themselves, and the table of fences. There is no server behind it.</summary>
internal sealed class BankContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<Branch> Branches => Set<Branch>();

    public DbSet<ClosedAccount> ClosedAccounts => Set<ClosedAccount>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddLockFences();
        modelBuilder.Entity<Account>().OwnsOne(account => account.Address);
        modelBuilder.Entity<Account>().Property<long>("ShadowFence");
        modelBuilder.Entity<ClosedAccount>().HasQueryFilter(account => account.Branch!.Id > 0);
    }
}

internal sealed class Account
{
    public int Id { get; init; }

    public decimal Balance { get; init; }

    public long Fence { get; init; }

    public Branch? Branch { get; init; }

    public Address? Address { get; init; }
}

internal sealed class Address
{
    public required string City { get; init; }
}

internal sealed class Branch
{
    public int Id { get; init; }

    public ICollection<Account> Accounts { get; } = [];
}

internal sealed class ClosedAccount
{
    public int Id { get; init; }

    public long Fence { get; init; }

    public Branch? Branch { get; init; }
}
