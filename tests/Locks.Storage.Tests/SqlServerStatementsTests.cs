using System.Data;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Locks.Coordinator.Domain;
using Locks.Coordinator.SqlServer;
using Locks.Storage.Relational;
using Locks.TestKit;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static Locks.Compliance.SampleLeases;
using static Locks.Compliance.SampleLocks;

namespace Locks.Storage.Tests;

/// <summary>What can be checked of the statements without a SQL Server: their text, and what is passed to them.</summary>
public sealed partial class SqlServerStatementsTests
{
    public static TheoryData<string> Statements => [.. TransactSql.Statements.Keys];

    [Theory]
    [MemberData(nameof(Statements))]
    public void EveryStatement_IsApproved(string name) =>
        Approved.Verify($"tests/Locks.Storage.Tests/Approved/SqlServer.{name}.sql", TransactSql.Statements[name]);

    [Fact]
    public void TheStatements_NameEveryColumnOfTheModel()
    {
        using var context = new SqlServerLocksDbContext.Factory().CreateDbContext([]);
        foreach (var entity in context.Model.GetEntityTypes())
        {
            var statement = entity.ClrType == typeof(LeaseRow) ? SqlServerLeaseStatements.Commit : SqlServerStatements.CommitWithWaiters;
            foreach (var property in entity.GetProperties())
                Assert.Matches($@"\b{property.GetColumnName()}\b", statement);
        }
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
        VerifyJson("SqlServer.Commit.json", parameters);
    }

    [Fact]
    public void ASetWithGrantsOnLeases_IsPassedAsJson()
    {
        var ids = Enumerable.Range(1, 9).Select(n => new Guid(n, 0, 0, new byte[8])).ToArray();
        var lease = Active() with { Id = ids[0] };
        var held = Held("leased");
        held = held with { Holder = held.Holder! with { AcquireId = ids[1], NotifyAt = new ReplyTo(new Uri("queue:holder"), ids[2]) } };
        var kept = Held("kept");
        kept = kept with { Holder = kept.Holder! with { AcquireId = ids[3] } };
        kept = kept with { Holder = kept.Holder!.CooledDown(Now, TimeSpan.FromSeconds(1)) };
        held = held.On(lease).WithWaiters(
            Waiter(1).On(lease) with { AcquireId = ids[4], ReplyTo = new ReplyTo(new Uri("queue:replies"), ids[5]) });

        var (batch, parameters) = SqlServerLockStore.CommitBatch([Insert(held).AsGrant(), Insert(kept)]);

        Assert.Equal(SqlServerStatements.CommitOnLeases, batch);
        Assert.All(parameters, parameter => Assert.Equal((SqlDbType.NVarChar, -1), (parameter.SqlDbType, parameter.Size)));
        VerifyJson("SqlServer.CommitOnLeases.json", parameters);
    }

    [Fact]
    public void ASetOfLeases_IsPassedAsJson()
    {
        var ids = Enumerable.Range(1, 9).Select(n => new Guid(n, 0, 0, new byte[8])).ToArray();
        var active = Active() with { Id = ids[0] };
        active = active with { Grant = active.Grant! with { NotifyAt = new ReplyTo(new Uri("queue:owner"), ids[1]) } };
        var ending = (active with { Id = ids[2], Grant = active.Grant with { ClientId = null, NotifyAt = null } }).Ending();

        VerifyJson("SqlServer.Leases.Commit.json", BatchParameters.Json("@writes", CommitJson.Leases(
            [
                InsertLease(active) with { DueTokenId = ids[3] }, UpdateLease(7, ending),
                InsertLease(RevokedBeforeItWasGranted() with { Id = ids[4] }),
            ])));
    }

    [Fact]
    public void ASetWithoutWaiters_TakesTheShorterBatch()
    {
        var (batch, parameters) = SqlServerLockStore.CommitBatch([Insert(Held())]);

        Assert.Equal(SqlServerStatements.Commit, batch);
        Assert.Equal("@writes", Assert.Single(parameters).ParameterName);
    }

    [Fact]
    public void ASetOfOne_IsPassedAsParametersOfFixedTypes_AndSoHasOnePlan()
    {
        var (batch, parameters) = SqlServerLockStore.CommitBatch([Update(7, Held())]);
        var (_, others) = SqlServerLockStore.CommitBatch([Update(8, Free("another key, of another length"))]);
        var (withWaiters, _) = SqlServerLockStore.CommitBatch([Update(7, Held(), [Waiter(1)])]);

        Assert.Equal(SqlServerStatements.CommitOne, batch);
        Assert.Equal(SqlServerStatements.CommitOneWithWaiters, withWaiters);
        Assert.Equal(parameters.Select(Declaration), others.Select(Declaration));

        static (string, SqlDbType, int, byte) Declaration(SqlParameter parameter) =>
            (parameter.ParameterName, parameter.SqlDbType, parameter.SqlDbType == SqlDbType.Bit ? 0 : parameter.Size, parameter.Scale);
    }

    [Fact]
    public void EveryParameterOfABatch_IsPassed()
    {
        foreach (var write in new[]
        {
            Insert(Held()), Insert(Held().WithWaiters(Waiter(1))), Insert(Held().On(Active())).AsGrant(), Update(1, Held()),
            Update(1, Held(), [Waiter(1)]),
        })
        {
            var (batch, parameters) = SqlServerLockStore.CommitBatch([write]);
            var declared = Declared().Matches(batch).Select(match => match.Groups[1].Value);

            Assert.Equal(
                parameters.Select(parameter => parameter.ParameterName).Order(StringComparer.Ordinal),
                Used().Matches(batch).Select(match => match.Value).Except(declared).Distinct().Order(StringComparer.Ordinal));
        }
    }

    private static void VerifyJson(string file, params SqlParameter[] parameters) => Approved.Verify(
        $"tests/Locks.Storage.Tests/Approved/{file}", string.Join('\n', parameters.Select(parameter => string.Create(
            CultureInfo.InvariantCulture, $"{parameter.ParameterName}\n{Indented((string)parameter.Value!)}"))));

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
