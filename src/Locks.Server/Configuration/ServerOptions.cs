namespace Locks.Server.Configuration;

/// <summary>
/// The server's settings in the section <c>Locks</c>, as text, so that a message can name whatever is wrong. The section also takes every
/// property of <see cref="Coordinator.Hosting.LockCoordinatorOptions"/>. When none of these is set, the server runs with a broker in its own
/// memory and an SQLite file.
/// </summary>
internal sealed class ServerOptions
{
    /// <summary>The broker: an <c>amqp://</c> or <c>amqps://</c> address, or <c>inmemory</c>. Required, but not to migrate, as soon as another setting here is set.</summary>
    public string? Broker { get; set; }

    /// <summary>Where locks are stored: the name of a <see cref="StoreKind"/>. Required as soon as another setting here is set.</summary>
    public string? Store { get; set; }

    /// <summary>
    /// The database. Required for <see cref="StoreKind.PostgreSql"/> and <see cref="StoreKind.SqlServer"/>. For <see cref="StoreKind.Sqlite"/>
    /// the path of the file; the default is <see cref="SqliteFile.Default"/>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>How the server and the broker show each other who they are, where the broker's address begins with <c>amqps://</c>.</summary>
    public BrokerTlsOptions BrokerTls { get; set; } = new();
}
