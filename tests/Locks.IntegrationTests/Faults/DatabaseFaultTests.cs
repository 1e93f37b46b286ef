using Locks.Client;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>A database that is not there: nothing is granted, clients get one clear exception, and service resumes by itself.</summary>
public sealed class DatabaseFaultTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private readonly TcpGate _gate;
    private readonly RabbitMqLockFixture _fixture;

    public DatabaseFaultTests()
    {
        var server = new NpgsqlConnectionStringBuilder(TestServices.Postgres);
        _gate = new TcpGate(server.Host!, server.Port);
        _fixture = new RabbitMqLockFixture
        {
            Gate = direct => new NpgsqlConnectionStringBuilder(direct) { Host = "127.0.0.1", Port = _gate.Port, Timeout = 2 }.ConnectionString,
        };
    }

    public async ValueTask InitializeAsync() => await _fixture.StartWithoutCoordinatorAsync();

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        await _gate.DisposeAsync();
    }

    [Fact]
    public async Task ADatabaseThatIsDownAtTheStart_GrantsNothing_AndServesWhenItComes()
    {
        await _fixture.StartCoordinatorAsync(waitUntilReady: false);
        var impatient = _fixture.NewClient(options => options.RequestTimeout = TimeSpan.FromSeconds(3));

        await Assert.ThrowsAsync<LockUnavailableException>(() => impatient.TryAcquireAsync("a", Lease));
        Assert.Null(await _fixture.LookAsync("a"));
        _gate.Open();

        await using var handle = await TryUntilServedAsync("b");
        Assert.NotNull(handle);
    }

    [Fact]
    public Task ADatabaseThatGoesAway_GrantsNothing_AndServesWhenItIsBack() => GrantsNothingUntilItIsMendedAsync(
        () =>
        {
            _gate.Close();
            return Task.CompletedTask;
        },
        () =>
        {
            _gate.Open();
            return Task.CompletedTask;
        });

    // What PostgreSQL answers when no file can grow, without a disk that is full.
    [Fact]
    public Task ADatabaseWhoseDiskIsFull_GrantsNothing_AndServesWhenThereIsRoom() => GrantsNothingUntilItIsMendedAsync(
        () => ExecuteAsync(
            """
            CREATE FUNCTION locks.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
            END $$;
            CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON locks.locks FOR EACH STATEMENT EXECUTE FUNCTION locks.refuse();
            """),
        () => ExecuteAsync("DROP TRIGGER full_disk ON locks.locks"));

    private async Task GrantsNothingUntilItIsMendedAsync(Func<Task> breakAsync, Func<Task> mendAsync)
    {
        _gate.Open();
        await _fixture.StartCoordinatorAsync();
        await using var before = await _fixture.NewClient().TryAcquireAsync("before", Lease);
        Assert.NotNull(before);

        await breakAsync();
        var impatient = _fixture.NewClient(options => options.RequestTimeout = TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<LockUnavailableException>(() => impatient.TryAcquireAsync("during", Lease));
        Assert.Null(await _fixture.LookAsync("during"));
        Assert.True(before.IsHeld);
        await mendAsync();

        await using var after = await TryUntilServedAsync("after");
        Assert.NotNull(after);
        Assert.True(await before.RenewAsync());
    }

    [Fact]
    public async Task ADatabaseThatStaysAway_IsReportedAsAFault_ToASenderWithoutTheClientLibrary()
    {
        _gate.Open();
        await _fixture.StartCoordinatorAsync(options => options.StoreRetryTimeout = TimeSpan.FromMilliseconds(200));
        _gate.Close();

        var fault = await Assert.ThrowsAsync<MassTransit.RequestFaultException>(
            () => _fixture.AskAsync<Contracts.AcquireLock, Contracts.LockAcquired, Contracts.LockDenied>(
                new Contracts.AcquireLock("a", Guid.CreateVersion7(), "me", Lease), TimeSpan.FromSeconds(60)));

        Assert.Contains("LockStoreUnavailableException", fault.Fault!.Exceptions[0].ExceptionType, StringComparison.Ordinal);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_fixture.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<ILockHandle?> TryUntilServedAsync(string key)
    {
        var client = _fixture.NewClient(options => options.RequestTimeout = TimeSpan.FromSeconds(2));
        ILockHandle? handle = null;
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                handle = await client.TryAcquireAsync(key, Lease);
                return true;
            }
            catch (LockUnavailableException)
            {
                return false;
            }
        });
        return handle;
    }
}
