namespace Locks.Server.Configuration;

/// <summary>
/// What the server is told in the section <c>Locks</c>, as text, so that whatever is wrong can be told plainly. The section also takes
/// every property of <see cref="Coordinator.Hosting.LockCoordinatorOptions"/>.
/// </summary>
internal sealed class ServerOptions
{
    /// <summary>The broker: an <c>amqp://</c> or <c>amqps://</c> address, or <c>inmemory</c>. Required, but not to migrate.</summary>
    public string? Broker { get; set; }

    /// <summary>Where locks are kept: the name of a <see cref="StoreKind"/>. Required.</summary>
    public string? Store { get; set; }

    /// <summary>The database. Required for every store but <see cref="StoreKind.InMemory"/>.</summary>
    public string? ConnectionString { get; set; }
}
