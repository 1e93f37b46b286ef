using System.Data;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Locks.Coordinator.Domain;
using Locks.Coordinator.SqlServer;
using Locks.TestKit;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Locks.Compliance.SampleLocks;

namespace Locks.Storage.Tests;

/// <summary>What can be said of the statements without a SQL Server: their text, and what is passed to them.</summary>
public sealed partial class SqlServerStatementsTests
{
    [Fact]
    public void TheStatements_AreApproved()
    {
        Approved.Verify("tests/Locks.Storage.Tests/Approved/SqlServer.Load.sql", SqlServerStatements.Load);
        Approved.Verify("tests/Locks.Storage.Tests/Approved/SqlServer.Commit.sql", SqlServerStatements.Commit);
        Approved.Verify("tests/Locks.Storage.Tests/Approved/SqlServer.CommitWithWaiters.sql", SqlServerStatements.CommitWithWaiters);
        Approved.Verify("tests/Locks.Storage.Tests/Approved/SqlServer.FindOverdue.sql", SqlServerStatements.FindOverdue);
        Approved.Verify("tests/Locks.Storage.Tests/Approved/SqlServer.PurgeIdle.sql", SqlServerStatements.PurgeIdle);
    }

    [Fact]
    public void TheStatements_NameEveryColumnOfTheModel()
    {
        using var context = new SqlServerLocksDbContext.Factory().CreateDbContext([]);
        var columns = context.Model.GetEntityTypes()
            .SelectMany(entity => entity.GetProperties())
            .Select(property => property.GetColumnName())
            .ToList();

        foreach (var column in columns)
            Assert.Matches($@"\b{column}\b", SqlServerStatements.CommitWithWaiters);
    }

    [Fact]
    public void ASet_IsPassedAsJson()
    {
        var ids = Enumerable.Range(1, 9).Select(n => new Guid(n, 0, 0, new byte[8])).ToArray();
        var held = Held("key \"'\\ 🔒", fence: long.MaxValue);
        held = held with
        {
            Holder = held.Holder! with { AcquireId = ids[0], ClientId = "client" },
            Ended = new EndedAttempts([new EndedAttempt(ids[1], Ending.Busy, Now)]),
        };
        held = held.WithWaiters(
            Waiter(1) with { AcquireId = ids[2], ReplyTo = new ReplyTo(new Uri("loopback://localhost/replies"), ids[3]) },
            Waiter(2) with { AcquireId = ids[4], ClientId = null, ReplyTo = new ReplyTo(new Uri("queue:replies"), null) });

        var (batch, parameters) = SqlServerLockStore.CommitBatch(
            [
                Insert(held) with { ExpiryTokenId = ids[5] },
                Update(7, Free("free"), dequeued: [3, 4]),
            ]);

        Assert.Equal(SqlServerStatements.CommitWithWaiters, batch);
        Assert.All(parameters, parameter => Assert.Equal((SqlDbType.NVarChar, -1), (parameter.SqlDbType, parameter.Size)));
        Approved.Verify("tests/Locks.Storage.Tests/Approved/SqlServer.Commit.json", string.Join('\n', parameters.Select(parameter => string.Create(
            CultureInfo.InvariantCulture, $"{parameter.ParameterName}\n{Indented((string)parameter.Value!)}"))));
    }

    [Fact]
    public void ASetWithoutWaiters_TakesTheShorterBatch()
    {
        var (batch, parameters) = SqlServerLockStore.CommitBatch([Insert(Held())]);

        Assert.Equal(SqlServerStatements.Commit, batch);
        Assert.Equal("@writes", Assert.Single(parameters).ParameterName);
    }

    [Fact]
    public void EveryParameterOfABatch_IsPassed()
    {
        foreach (var write in new[] { Insert(Held()), Insert(Held().WithWaiters(Waiter(1))) })
        {
            var (batch, parameters) = SqlServerLockStore.CommitBatch([write]);
            var declared = Declared().Matches(batch).Select(match => match.Groups[1].Value);

            Assert.Equal(
                parameters.Select(parameter => parameter.ParameterName).Order(StringComparer.Ordinal),
                Used().Matches(batch).Select(match => match.Value).Except(declared).Distinct().Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData(208, "run the migration")] // no such table
    [InlineData(1205, "error 1205")] // deadlock victim
    [InlineData(4060, "error 4060")] // no such database
    [InlineData(-2, "did not answer in time")]
    [InlineData(2627, null)] // primary key
    [InlineData(102, null)] // syntax
    public void Errors_AreWhatMayPassOrDefects(int error, string? says)
    {
        if (says is null)
            Assert.Null(SqlServerErrors.Explain(error));
        else
            Assert.Contains(says, SqlServerErrors.Explain(error), StringComparison.Ordinal);
    }

    private static string Indented(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement, Readable);
    }

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [GeneratedRegex(@"DECLARE (@\w+)")]
    private static partial Regex Declared();

    [GeneratedRegex(@"(?<!@)@\w+")]
    private static partial Regex Used();
}
