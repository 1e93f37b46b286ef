using Locks.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Xunit;

namespace Locks.EntityFrameworkCore.Tests;

public sealed class LockFenceTests
{
    public static TheoryData<string> Providers => [.. FakeDatabase.Providers];

    private readonly FakeDatabase _database = new("PostgreSql");

    [Theory]
    [MemberData(nameof(Providers))]
    public void TheTable_IsApproved(string provider)
    {
        using var db = new FencesAlone(new FakeDatabase(provider).Options);

        Approved.Verify($"tests/Locks.EntityFrameworkCore.Tests/Approved/{provider}.LockFences.sql", db.Database.GenerateCreateScript());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void TheStatement_IsApproved(string provider)
    {
        using var db = new FakeDatabase(provider).Context();

        Approved.Verify($"tests/Locks.EntityFrameworkCore.Tests/Approved/{provider}.RaiseFence.sql", RaiseFenceStatement.For(db));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void TheNames_AreTheModels(string provider)
    {
        using var db = new Renamed(new FakeDatabase(provider).Options);
        var quoted = provider == "PostgreSql" ? """app."lock fences" """.Trim() : "[app].[lock fences]";

        var statement = RaiseFenceStatement.For(db);

        Assert.Contains(quoted, statement, StringComparison.Ordinal);
        Assert.Contains("highest_seen", statement, StringComparison.Ordinal);
        Assert.DoesNotContain("LockFences", statement, StringComparison.Ordinal);
        Assert.DoesNotContain("Token", statement, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutATransaction_AFenceIsNotRaised()
    {
        await using var db = _database.Context();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => db.RaiseFenceAsync("account:7", 34));

        Assert.StartsWith("RaiseFenceAsync needs a transaction: ", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_database.Statements);
    }

    [Fact]
    public async Task AModelWithoutFences_FailsWithTheWayToAddThem()
    {
        await using var db = new WithoutFences(_database.Options);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => db.RaiseFenceAsync("account:7", 34));

        Assert.StartsWith(
            "WithoutFences has no table of fences: call modelBuilder.AddLockFences()", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherDatabase_IsNotSupported()
    {
        using var db = _database.Context();

        var refused = Assert.Throws<NotSupportedException>(() => RaiseFenceStatement.For(
            "Oracle.EntityFrameworkCore", db.Model.FindEntityType(typeof(LockFence))!, db.GetService<ISqlGenerationHelper>()));

        Assert.StartsWith(
            "Fences are raised on PostgreSQL (Npgsql) and SQL Server, not with 'Oracle.EntityFrameworkCore'.",
            refused.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 34, "Key is missing or empty; it must have 1 to 512 UTF-8 bytes")]
    [InlineData("account:7", 0, "FencingToken is 0; it must be that of a granted lock, which is at least 1")]
    public async Task InvalidInput_IsRefused(string key, long token, string problem)
    {
        await using var db = _database.Context();

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => db.RaiseFenceAsync(key, token));

        Assert.StartsWith(problem, refused.Message, StringComparison.Ordinal);
    }

    private sealed class FencesAlone(DbContextOptions options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddLockFences();
    }

    private sealed class Renamed(DbContextOptions options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) =>
            modelBuilder.AddLockFences().ToTable("lock fences", "app").Property(fence => fence.Token).HasColumnName("highest_seen");
    }

    private sealed class WithoutFences(DbContextOptions options) : DbContext(options);
}
