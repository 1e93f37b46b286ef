using Locks.Server.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Locks.Server.Tests;

// The variable that moves the default file is the whole process's.
[Collection("the default file")]
public sealed class ServerSettingsTests
{
    private const string Postgres = "Host=db;Database=locks;Username=locks;Password=s3cret";
    private const string SqlServer = "Server=sqlserver,1433;Database=Locks;User Id=sa;Password=s3cret;Encrypt=True;TrustServerCertificate=True";

    [Theory]
    [InlineData("PostgreSql", Postgres)]
    [InlineData("sqlserver", SqlServer)]
    [InlineData("InMemory", null)]
    public void WhatComposeSets_IsUnderstood(string store, string? connectionString)
    {
        var settings = Read(("Broker", "amqp://locks:s3cret@rabbitmq:5672/postgres"), ("Store", store), ("ConnectionString", connectionString));

        Assert.Equal("postgres", settings.Broker!.VirtualHost);
        Assert.Equal(store, settings.Store.ToString(), ignoreCase: true);
        Assert.Equal(connectionString, settings.ConnectionString);
        Assert.Equal("locks", settings.Coordinator.QueueName);
        Assert.DoesNotContain("s3cret", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheCoordinatorsOptions_AreSettingsToo()
    {
        var settings = Read(
            ("Broker", "inmemory"), ("Store", "InMemory"), ("QueueName", "other-locks"), ("SweepInterval", "00:00:05"), ("Limits:MaxWaiters", "7"));

        Assert.Equal("other-locks", settings.Coordinator.QueueName);
        Assert.Equal(TimeSpan.FromSeconds(5), settings.Coordinator.SweepInterval);
        Assert.Equal(7, settings.Coordinator.Limits.MaxWaiters);
    }

    [Fact]
    public void TheCommandLine_IsRead()
    {
        var configuration = ServerHost.CreateBuilder(["--Locks:Broker=inmemory", "--Locks:Store=InMemory"]).Configuration;

        Assert.Equal(StoreKind.InMemory, ServerSettings.Read(configuration, needsBroker: true).Store);
    }

    [Fact]
    public void WithoutAnySetting_BrokerAndStoreAreThoseToTryTheServerOut()
    {
        var settings = Read();

        Assert.True(settings.IsUnconfigured);
        Assert.Equal(BrokerAddress.InMemory, settings.Broker);
        Assert.Equal((StoreKind.Sqlite, SqliteFile.Default), (settings.Store, settings.ConnectionString));
        Assert.True(Path.IsPathFullyQualified(SqliteFile.Default));
        Assert.EndsWith(Path.Combine("Locks", "locks.db"), SqliteFile.Default, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsMissing_IsNamed_AsSoonAsAnythingIsSet()
    {
        Refused(
            [("Store", "InMemory")],
            "Locks:Broker is not set; it must be amqp://user:password@host:5672/virtual-host, the same with amqps, or inmemory to try the server out.");
        Refused([("Broker", "inmemory")], "Locks:Store is not set; it must be one of InMemory, PostgreSql, SqlServer, Sqlite.");
        Refused(
            [("ConnectionString", "locks.db")],
            "Locks:Broker is not set; it must be amqp://user:password@host:5672/virtual-host, the same with amqps, or inmemory to try the server out.",
            "Locks:Store is not set; it must be one of InMemory, PostgreSql, SqlServer, Sqlite.");
    }

    [Theory]
    [InlineData("amqp://rabbitmq", "ServerName", "x", "Locks:BrokerTls:ServerName is set; Locks:Broker must begin with amqps:// then.")]
    [InlineData("inmemory", "AuthorityFile", "x", "Locks:BrokerTls:AuthorityFile is set; Locks:Broker must begin with amqps:// then.")]
    [InlineData("amqps://rabbitmq", "KeyFile", "x", "Locks:BrokerTls:KeyFile is set; CertificateFile must name its certificate.")]
    [InlineData(
        "amqps://rabbitmq", "SignInWithCertificate", "true",
        "Locks:BrokerTls:SignInWithCertificate is true; CertificateFile must name the certificate.")]
    [InlineData(
        "amqps://rabbitmq", "Authority", "x",
        "There is no setting Locks:BrokerTls:Authority; there are AuthorityFile, CertificateFile, KeyFile, ServerName, SignInWithCertificate.")]
    public void ASettingOfTlsThatDoesNotFit_IsRefused(string broker, string setting, string value, string problem) =>
        Refused([("Broker", broker), ("Store", "InMemory"), ($"BrokerTls:{setting}", value)], problem);

    [Theory]
    [InlineData("AuthorityFile", "/nowhere/ca.pem", "it must be a PEM file with certificates (Could not find ")]
    [InlineData("CertificateFile", "/nowhere/tls.pem", "it must be a PEM file with a certificate, whose key is in it or in KeyFile (Could not find ")]
    [InlineData("AuthorityFile", null, "it must be a PEM file with certificates (It has none.).")]
    public void AFileOfTlsThatCannotBeUsed_IsRefused(string setting, string? file, string problem)
    {
        var empty = Path.GetTempFileName();
        try
        {
            var bad = Assert.Throws<BadConfigurationException>(
                () => Read(("Broker", "amqps://rabbitmq"), ("Store", "InMemory"), ($"BrokerTls:{setting}", file ?? empty)));

            Assert.StartsWith($"Locks:BrokerTls:{setting} is '{file ?? empty}'; {problem}", Assert.Single(bad.Problems), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(empty);
        }
    }

    [Fact]
    public void WithTls_TheBrokerIsExpectedToHaveTheNameOfItsHost()
    {
        var tls = Read(("Broker", "amqps://rabbitmq"), ("Store", "InMemory")).BrokerTls;

        Assert.Equal(new BrokerTls("rabbitmq", Authorities: null, Certificate: null, SignsIn: false), tls);
    }

    [Theory]
    [InlineData("/var/lib/locks/my.db", "/var/lib/locks/my.db")]
    [InlineData(null, null)]
    public void TheFileOfSqlite_IsTheConnectionString_OrTheDefault(string? text, string? expected)
    {
        var settings = Read(("Broker", "inmemory"), ("Store", "Sqlite"), ("ConnectionString", text));

        Assert.Equal(expected ?? SqliteFile.Default, settings.ConnectionString);
        Assert.Equal($"Sqlite in {settings.ConnectionString}", settings.StoreDescription);
        Assert.False(settings.IsUnconfigured);
    }

    [Theory]
    [InlineData(":memory:", ":memory:")]
    [InlineData("Data Source=locks.db;Password=s3cret", "***")]
    public void WhatIsNoFile_IsRefused(string text, string shown) => Refused(
        [("Broker", "inmemory"), ("Store", "Sqlite"), ("ConnectionString", text)],
        $"Locks:ConnectionString is '{shown}'; with Locks:Store 'Sqlite' it must be the path of a file, such as /var/lib/locks/locks.db.");

    [Fact]
    public void AnUnknownStore_IsToldWithTheChoices() => Refused(
        [("Broker", "inmemory"), ("Store", "Oracle")],
        "Locks:Store is 'Oracle'; it must be one of InMemory, PostgreSql, SqlServer, Sqlite.");

    [Fact]
    public void AStoreByNumber_IsUnknown() => Refused(
        [("Broker", "inmemory"), ("Store", "1")],
        "Locks:Store is '1'; it must be one of InMemory, PostgreSql, SqlServer, Sqlite.");

    [Fact]
    public void AWrongBroker_IsToldWithoutItsPassword() => Refused(
        [("Broker", "http://locks:s3cret@rabbitmq"), ("Store", "InMemory")],
        "Locks:Broker is 'http://***@rabbitmq'; it must be amqp://user:password@host:5672/virtual-host, the same with amqps, or inmemory to try the server out.");

    [Theory]
    [InlineData(null, "is not set")]
    [InlineData(" ", "is not set")]
    [InlineData("Host=db", "(not shown) names no server or no database")]
    [InlineData("Database=locks;Password=s3cret", "(not shown) names no server or no database")]
    [InlineData(SqlServer, "(not shown) can't be read")]
    [InlineData("Host=db;Port=s3cret", "(not shown) can't be read")]
    [InlineData("s3cret", "(not shown) can't be read")]
    public void AWrongConnectionString_IsToldAndNotShown(string? text, string problem) => Refused(
        [("Broker", "inmemory"), ("Store", "PostgreSql"), ("ConnectionString", text)],
        $"Locks:ConnectionString {problem}; with Locks:Store 'PostgreSql' it must have the form Host=...;Port=5432;Database=...;Username=...;Password=....");

    [Theory]
    [InlineData(Postgres)]
    [InlineData("Server=sqlserver;Database=Locks;Encrypt=s3cret")]
    [InlineData("Server=sqlserver;Database=Locks;Connect Timeout=s3cret")]
    public void AWrongConnectionString_OfSqlServer_Too(string text) => Refused(
        [("Broker", "inmemory"), ("Store", "SqlServer"), ("ConnectionString", text)],
        "Locks:ConnectionString (not shown) can't be read; with Locks:Store 'SqlServer' it must have the form Server=...,1433;Database=...;User Id=...;Password=....");

    [Fact]
    public void AnOptionOutOfItsRange_IsToldWithTheRange() => Refused(
        [("Broker", "inmemory"), ("Store", "InMemory"), ("ConcurrentRequests", "0")],
        "Locks:ConcurrentRequests is '0'; it must be 1 to 1,000.");

    [Fact]
    public void ALimitOutOfItsRange_IsToldWithTheRange() => Refused(
        [("Broker", "inmemory"), ("Store", "InMemory"), ("Limits:MaxWaiters", "0")],
        "Locks:Limits:MaxWaiters is 0; it must be 1 to 1,000,000.");

    [Fact]
    public void AnOptionThatIsNoNumber_IsToldWithItsValue() => Refused(
        [("Broker", "inmemory"), ("Store", "InMemory"), ("ConcurrentRequests", "many")],
        "Failed to convert configuration value 'many' at 'Locks:ConcurrentRequests' to type 'System.Int32'.");

    [Fact]
    public void ASettingThatThereIsNot_IsTold()
    {
        var bad = Assert.Throws<BadConfigurationException>(() => Read(("Broker", "inmemory"), ("Store", "InMemory"), ("Querename", "x")));

        Assert.StartsWith("There is no setting Locks:Querename; there are Broker, Store,", Assert.Single(bad.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void AKeyOfAccess_HasAName_AndIsNeverShown()
    {
        var settings = Read(
            ("Broker", "inmemory"), ("Store", "InMemory"), ("Admin:ReadKeys:grafana", "s3cret-read-key-1"), ("Admin:WriteKeys:alice", "s3cret-write-key"));

        Assert.Equal("s3cret-read-key-1", settings.Admin.ReadKeys["grafana"]);
        Assert.Equal("s3cret-write-key", settings.Admin.WriteKeys["alice"]);
        Assert.Equal((10, 60), (settings.Admin.WriteBurst, settings.Admin.WritesPerMinute));
        Assert.DoesNotContain("s3cret", settings.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3cret")]
    [InlineData("s3cret with spaces")]
    [InlineData("s3cret-ümlaut-key")]
    [InlineData("")]
    public void AKeyOfAccessThatIsTooShort_OrCantBeSent_IsRefused_WithTheLimit(string key) => Refused(
        [("Broker", "inmemory"), ("Store", "InMemory"), ("Admin:ReadKeys:grafana", key)],
        "Locks:Admin:ReadKeys:grafana (not shown) is no key; it must have 16 to 256 letters, digits and - . _ ~ + / =.");

    [Fact]
    public void OneKeyOfAccess_ForTwoNames_IsRefused() => Refused(
        [("Broker", "inmemory"), ("Store", "InMemory"), ("Admin:ReadKeys:bob", "s3cret-read-key-1"), ("Admin:WriteKeys:alice", "s3cret-read-key-1")],
        "Locks:Admin:ReadKeys and WriteKeys have one key for bob and alice; each needs its own.");

    [Fact]
    public void SettingsOfTheAdminApi_OutOfTheirRanges_AndThoseThatThereAreNot_AreTold() => Refused(
        [
            ("Broker", "inmemory"), ("Store", "InMemory"),
            ("Admin:WriteBurst", "0"), ("Admin:WritesPerMinute", "6001"), ("Admin:ReadKey", "s3cret-read-key-1"),
        ],
        "There is no setting Locks:Admin:ReadKey; there are ReadKeys, WriteKeys, WriteBurst, WritesPerMinute.",
        "Locks:Admin:WriteBurst is '0'; it must be 1 to 1,000.",
        "Locks:Admin:WritesPerMinute is '6001'; it must be 1 to 6,000.");

    private static ServerSettings Read(params (string Name, string? Value)[] settings) => ServerSettings.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Locks:{setting.Name}", setting.Value)))
            .Build(),
        needsBroker: true);

    private static void Refused((string Name, string? Value)[] settings, params string[] problems)
    {
        var bad = Assert.Throws<BadConfigurationException>(() => Read(settings));

        Assert.Equal(problems, bad.Problems);
        Assert.DoesNotContain("s3cret", bad.ToString(), StringComparison.Ordinal);
    }
}
