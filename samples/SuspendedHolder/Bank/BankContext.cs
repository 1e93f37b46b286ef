using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace SuspendedHolder.Bank;

/// <summary>The database that the writers share; it has nothing to do with the lock's own.</summary>
internal sealed class BankContext : DbContext
{
    private const string Schema = "suspended_holder";

    private BankContext(DbContextOptions<BankContext> options)
        : base(options)
    {
    }

    public IQueryable<Account> Account => Set<Account>().Where(account => account.Id == Bank.Account.OnlyOne);

    public static BankContext OnPostgreSql(string connectionString) =>
        new(new DbContextOptionsBuilder<BankContext>().UseNpgsql(connectionString).Options);

    /// <summary>A database in this process's memory, which is there for as long as one of its contexts is.</summary>
    public static async Task<BankContext> OpenInMemoryAsync(string name, CancellationToken cancellationToken)
    {
        var bank = new BankContext(new DbContextOptionsBuilder<BankContext>().UseSqlite($"Data Source={name};Mode=Memory;Cache=Shared").Options);
        await bank.Database.OpenConnectionAsync(cancellationToken);
        return bank;
    }

    /// <summary>Makes the tables afresh.</summary>
    public async Task RecreateAsync(int balance, CancellationToken cancellationToken)
    {
        if (Database.IsNpgsql())
            await Database.ExecuteSqlRawAsync($"DROP SCHEMA IF EXISTS {Schema} CASCADE", cancellationToken);
        await this.GetService<IRelationalDatabaseCreator>().CreateTablesAsync(cancellationToken);
        Add(new Account { Id = Bank.Account.OnlyOne, Balance = balance });
        await SaveChangesAsync(cancellationToken);
    }

    public Task<int> BalanceAsync(CancellationToken cancellationToken) => Account.Select(account => account.Balance).SingleAsync(cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        if (Database.IsNpgsql())
            modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<Account>();
    }
}
