using Microsoft.Data.Sqlite;

namespace Locks.Docs.Tests.Contexts;

/// <summary>A table with one record for each folder, which its users have to see to.</summary>
public sealed class FolderRecords
{
    private int _looks;

    public List<(string Folder, long Fence)> Inserted { get; } = [];

    public int Looks => Volatile.Read(ref _looks);

    public async Task<bool> ExistsAsync(string folder, CancellationToken lost)
    {
        Interlocked.Increment(ref _looks);
        await Task.Yield();
        lost.ThrowIfCancellationRequested();
        lock (Inserted)
            return Inserted.Exists(record => record.Folder == folder);
    }

    public async Task InsertAsync(string folder, long fence, CancellationToken lost)
    {
        await Task.Yield();
        lost.ThrowIfCancellationRequested();
        lock (Inserted)
            Inserted.Add((folder, fence));
    }
}

public sealed record FileArrived(string Folder);

public sealed class Payments
{
    public List<(int Order, long Fence)> Captured { get; } = [];

    public Task<bool> ExistsAsync(int order, CancellationToken lost) => Task.FromResult(Captured.Exists(payment => payment.Order == order));

    public Task CaptureAsync(int order, long fence, CancellationToken lost)
    {
        Captured.Add((order, fence));
        return Task.CompletedTask;
    }
}

public sealed class Report
{
    public int Built { get; private set; }

    public Task BuildAsync(CancellationToken lost)
    {
        Built++;
        return Task.CompletedTask;
    }
}

public sealed class Reports
{
    public List<(string Account, long Fence)> Built { get; } = [];

    public Task BuildAsync(string account, long fence, CancellationToken lost)
    {
        Built.Add((account, fence));
        return Task.CompletedTask;
    }
}

public interface IAccountStore
{
    Task CloseAsync(string id, CancellationToken cancellationToken);

    Task CloseAsync(string id, long fence, CancellationToken cancellationToken = default);
}

public sealed class Account
{
    public int Id { get; set; }

    public int Balance { get; set; }

    public long Fence { get; set; }
}

public sealed class Entry
{
    public int Id { get; set; }

    public int AccountId { get; set; }

    public int Amount { get; set; }
}

/// <summary>Accounts in a database in memory.</summary>
public sealed class Bank : DbContext
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<Entry> Entries => Set<Entry>();

    public static async Task<Bank> OpenAsync(int account)
    {
        var bank = new Bank();
        await bank._connection.OpenAsync();
        await bank.Database.EnsureCreatedAsync();
        bank.Accounts.Add(new Account { Id = account, Balance = 100 });
        await bank.SaveChangesAsync();
        bank.ChangeTracker.Clear();
        return bank;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _connection.DisposeAsync();
    }

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseSqlite(_connection);

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddLockFences();
}

public sealed record CapturePayment(Guid PaymentId);

public sealed class CapturePaymentConsumer : IConsumer<CapturePayment>
{
    public Task Consume(ConsumeContext<CapturePayment> context) => Task.CompletedTask;
}

public sealed class CaptureConsumer : IConsumer<CapturePayment>
{
    public Task Consume(ConsumeContext<CapturePayment> context) => Task.CompletedTask;
}

public sealed class OutboxRelay : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
}

/// <summary>What the template of a worker makes.</summary>
public sealed class Worker : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
}

public sealed class RelayProgress
{
    public bool IsRecent { get; set; } = true;
}

public sealed record PayOrder(int OrderId);

public sealed record OrderPaid(int OrderId);
