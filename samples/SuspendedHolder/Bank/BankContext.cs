using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace SuspendedHolder.Bank;

/// <summary>The database that the writers share; it has nothing to do with the lock's own.</summary>
internal sealed class BankContext(string connectionString) : DbContext
{
    private const string Schema = "suspended_holder";

    public IQueryable<Account> Account => Set<Account>().Where(account => account.Id == Bank.Account.OnlyOne);

    /// <summary>Makes the tables afresh.</summary>
    public async Task RecreateAsync(int balance, CancellationToken cancellationToken)
    {
        await Database.ExecuteSqlRawAsync($"DROP SCHEMA IF EXISTS {Schema} CASCADE", cancellationToken);
        await this.GetService<IRelationalDatabaseCreator>().CreateTablesAsync(cancellationToken);
        Add(new Account { Id = Bank.Account.OnlyOne, Balance = balance });
        await SaveChangesAsync(cancellationToken);
    }

    public Task<int> BalanceAsync(CancellationToken cancellationToken) => Account.Select(account => account.Balance).SingleAsync(cancellationToken);

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseNpgsql(connectionString);

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema(Schema).Entity<Account>();
}
