using Locks.Coordinator.PostgreSql;
using Locks.Coordinator.Sqlite;
using Locks.Coordinator.SqlServer;
using Locks.Storage.Relational;
using Locks.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;

namespace Locks.Storage.Tests;

/// <summary>What can be checked of the tables without a server.</summary>
public sealed class ModelTests
{
    public static TheoryData<string> Providers => ["PostgreSql", "SqlServer", "Sqlite"];

    [Theory]
    [MemberData(nameof(Providers))]
    public void TheMigrations_MakeTheModel(string provider)
    {
        using var context = Context(provider);

        Assert.False(context.Database.HasPendingModelChanges(), "The model has changed since the last migration: add one.");
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void TheMigrationScript_IsApproved(string provider)
    {
        using var context = Context(provider);

        var script = context.Database.GetService<IMigrator>().GenerateScript(
            options: provider == "Sqlite" ? MigrationsSqlGenerationOptions.Default : MigrationsSqlGenerationOptions.Idempotent);

        // The version of EF Core is stored beside each migration; it changes with every update of the package.
        Approved.Verify($"tests/Locks.Storage.Tests/Approved/{provider}.migrations.sql", script.Trim('\uFEFF', '\n').Replace(
            ProductInfo.GetVersion(), "(EF Core)", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void Tokens_AreColumnsThatTheReadSideDoesNotShow(string provider)
    {
        using var context = Context(provider);
        var tokens = context.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties())
            .Where(property => property.GetColumnName().Contains("token", StringComparison.Ordinal) && property.ClrType == typeof(string))
            .ToList();

        Assert.Equal(["holder_token", "token"], tokens.Select(property => property.GetColumnName()).Order());
        Assert.All(tokens, property => Assert.True(property.IsShadowProperty()));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void Saving_IsRefused(string provider)
    {
        using var context = Context(provider);

        Assert.Throws<NotSupportedException>(() => context.SaveChanges());
    }

    private static LocksDbContext Context(string provider) => provider switch
    {
        "PostgreSql" => new PostgreSqlLocksDbContext.Factory().CreateDbContext([]),
        "SqlServer" => new SqlServerLocksDbContext.Factory().CreateDbContext([]),
        _ => new SqliteLocksDbContext.Factory().CreateDbContext([]),
    };
}
