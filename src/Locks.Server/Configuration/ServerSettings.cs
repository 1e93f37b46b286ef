using Locks.Admin;
using Locks.Coordinator.Hosting;
using Microsoft.Data.SqlClient;
using Npgsql;

namespace Locks.Server.Configuration;

/// <summary>The settings, read and checked. Its text shows no secret.</summary>
internal sealed class ServerSettings
{
    /// <summary>The section of the configuration that they are read from.</summary>
    public const string Section = "Locks";

    private ServerSettings(
        BrokerAddress? broker,
        BrokerTls? brokerTls,
        StoreKind store,
        string? connectionString,
        LockCoordinatorOptions coordinator,
        LocksAdminOptions admin,
        bool isUnconfigured)
    {
        IsUnconfigured = isUnconfigured;
        Broker = broker;
        BrokerTls = brokerTls;
        Store = store;
        ConnectionString = connectionString;
        Coordinator = coordinator;
        Admin = admin;
    }

    /// <summary>The broker; present unless it was not needed.</summary>
    public BrokerAddress? Broker { get; }

    /// <summary>How broker and server show each other who they are; absent without TLS.</summary>
    public BrokerTls? BrokerTls { get; }

    /// <summary>Where locks are stored.</summary>
    public StoreKind Store { get; }

    /// <summary>Whether neither broker nor store is configured, so that both are the defaults.</summary>
    public bool IsUnconfigured { get; }

    /// <summary>The store for the log: its kind, and its file if it is one.</summary>
    public string StoreDescription => Store == StoreKind.Sqlite ? $"{Store} in {ConnectionString}" : Store.ToString();

    /// <summary>The database; of <see cref="StoreKind.Sqlite"/>, the file.</summary>
    public string? ConnectionString { get; }

    /// <summary>The coordinator's own options.</summary>
    public LockCoordinatorOptions Coordinator { get; }

    /// <summary>The admin API's options.</summary>
    public LocksAdminOptions Admin { get; }

    /// <summary>Reads the section <c>Locks</c>.</summary>
    /// <exception cref="BadConfigurationException">Something is missing or makes no sense; every such thing is named.</exception>
    public static ServerSettings Read(IConfiguration configuration, bool needsBroker)
    {
        var section = configuration.GetSection(Section);
        var problems = new List<string>(UnknownSettings(section));
        var options = section.Get<ServerOptions>() ?? new ServerOptions();

        var isUnconfigured = new[] { options.Broker, options.Store, options.ConnectionString }.All(string.IsNullOrWhiteSpace);
        if (isUnconfigured)
            (options.Broker, options.Store) = (BrokerAddress.InMemory.ToString(), nameof(StoreKind.Sqlite));

        var broker = needsBroker ? ReadBroker(options.Broker, problems) : null;
        var brokerTls = broker is null ? null : BrokerTls.Read(options.BrokerTls, broker, problems);
        var store = ReadStore(options.Store, problems);
        if (store == StoreKind.Sqlite)
            options.ConnectionString = ReadFile(options.ConnectionString, problems);
        else if (store is { } kind)
            CheckConnectionString(kind, options.ConnectionString, problems);
        var coordinator = ReadCoordinator(section, problems);
        var admin = AdminSettings.Read(section.GetSection(AdminSettings.Section), problems);

        return problems.Count == 0
            ? new ServerSettings(broker, brokerTls, store!.Value, options.ConnectionString, coordinator, admin, isUnconfigured)
            : throw new BadConfigurationException(problems);
    }

    public override string ToString() => $"store {StoreDescription}, broker {Broker}";

    /// <summary>A setting that does not exist is a typing error, and the default of the right one would apply in silence.</summary>
    private static IEnumerable<string> UnknownSettings(IConfigurationSection section)
    {
        // A function can't be configured.
        var known = typeof(ServerOptions).GetProperties().Concat(typeof(LockCoordinatorOptions).GetProperties())
            .Where(property => !property.PropertyType.IsAssignableTo(typeof(Delegate)))
            .Select(property => property.Name).Append(AdminSettings.Section).ToList();
        return Unknown(section, known).Concat(Unknown(
            section.GetSection(nameof(ServerOptions.BrokerTls)), [.. typeof(BrokerTlsOptions).GetProperties().Select(property => property.Name)]));
    }

    private static IEnumerable<string> Unknown(IConfigurationSection section, List<string> known) => section.GetChildren()
        .Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
        .Select(child => $"There is no setting {child.Path}; there are {string.Join(", ", known)}.");

    private static BrokerAddress? ReadBroker(string? text, List<string> problems)
    {
        if (string.IsNullOrWhiteSpace(text))
            problems.Add($"Locks:Broker is not set; it must be {BrokerAddress.Form}.");
        else if (BrokerAddress.TryParse(text, out var broker))
            return broker;
        else
            problems.Add($"Locks:Broker is '{BrokerAddress.WithoutSecrets(text)}'; it must be {BrokerAddress.Form}.");

        return null;
    }

    private static StoreKind? ReadStore(string? text, List<string> problems)
    {
        foreach (var kind in Enum.GetValues<StoreKind>())
        {
            if (kind.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
                return kind;
        }

        var value = string.IsNullOrWhiteSpace(text) ? "not set" : $"'{text}'";
        problems.Add($"Locks:Store is {value}; it must be one of {string.Join(", ", Enum.GetNames<StoreKind>())}.");
        return null;
    }

    /// <summary>The value is not shown if it looks like a connection string, which may have a password in it.</summary>
    private static string ReadFile(string? text, List<string> problems)
    {
        if (string.IsNullOrWhiteSpace(text))
            return SqliteFile.Default;
        if (!SqliteFile.IsPath(text))
            problems.Add($"Locks:ConnectionString is '{BrokerAddress.WithoutSecrets(text)}'; with Locks:Store 'Sqlite' it must be {SqliteFile.Form}.");

        return text;
    }

    /// <summary>The value is never shown, nor what the driver says about it, which may repeat a part of it.</summary>
    private static void CheckConnectionString(StoreKind store, string? text, List<string> problems)
    {
        if (store == StoreKind.InMemory)
            return;

        var form = store == StoreKind.PostgreSql
            ? "Host=...;Port=5432;Database=...;Username=...;Password=..."
            : "Server=...,1433;Database=...;User Id=...;Password=...";
        if (string.IsNullOrWhiteSpace(text))
        {
            problems.Add($"Locks:ConnectionString is not set; with Locks:Store '{store}' it must have the form {form}.");
            return;
        }

        try
        {
            var (server, database) = store == StoreKind.PostgreSql
                ? new NpgsqlConnectionStringBuilder(text) is var postgres ? (postgres.Host, postgres.Database) : default
                : new SqlConnectionStringBuilder(text) is var sql ? (sql.DataSource, sql.InitialCatalog) : default;
            if (string.IsNullOrWhiteSpace(server) || string.IsNullOrWhiteSpace(database))
                problems.Add($"Locks:ConnectionString (not shown) names no server or no database; with Locks:Store '{store}' it must have the form {form}.");
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            problems.Add($"Locks:ConnectionString (not shown) can't be read; with Locks:Store '{store}' it must have the form {form}.");
        }
    }

    private static LockCoordinatorOptions ReadCoordinator(IConfigurationSection section, List<string> problems)
    {
        var options = new LockCoordinatorOptions();
        try
        {
            section.Bind(options);
            options.Validate();
        }
        catch (InvalidOperationException unreadable)
        {
            // The binder's own words name the setting, its value and its type.
            problems.Add(unreadable.Message);
        }
        catch (ArgumentException refused)
        {
            // Without what the exception adds to its message. The limits name themselves without their place.
            const string Prefix = nameof(LockCoordinatorOptions) + ".";
            var plain = refused.Message.Split(" (Parameter", 2)[0];
            problems.Add(plain.StartsWith(Prefix, StringComparison.Ordinal)
                ? $"{Section}:{plain[Prefix.Length..]}"
                : $"{Section}:{nameof(options.Limits)}:{plain}");
        }

        return options;
    }
}
