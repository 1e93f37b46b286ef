namespace Locks.Server.Diagnostics;

/// <summary>What the server writes to its log. It is given no secret to write.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "Runs a lock coordinator with broker {Broker}, queue {Queue}, store {Store}.")]
    public static partial void Starting(this ILogger logger, string broker, string queue, string store);

    [LoggerMessage(2, LogLevel.Warning,
        "Locks:Store is InMemory: locks are lost when this process ends, and several coordinators do not share them.")]
    public static partial void LocksInMemory(this ILogger logger);

    [LoggerMessage(3, LogLevel.Warning, "The server stopped before all of its work was finished; the broker redelivers the rest.")]
    public static partial void StoppedInHaste(this ILogger logger);

    [LoggerMessage(5, LogLevel.Critical,
        "An endpoint of this coordinator can't be opened again after its connection was lost. The server ends with an error, so that its "
        + "supervisor starts it anew.")]
    public static partial void EndpointLost(this ILogger logger);

    [LoggerMessage(4, LogLevel.Information,
        "Nothing is configured, so this is a lock coordinator to try out: broker {Broker} (only this process can reach it), queue {Queue}, "
        + "store {Store}.")]
    public static partial void StartingUnconfigured(this ILogger logger, string broker, string queue, string store);

    [LoggerMessage(6, LogLevel.Error,
        "The broker's certificate (subject {Subject}, issuer {Issuer}) is refused: {Problem}. If it is the right broker, name the authority of "
        + "its certificate in Locks:BrokerTls:AuthorityFile, or the name that it is issued to in Locks:BrokerTls:ServerName.")]
    public static partial void BrokerNotTrusted(this ILogger logger, string subject, string issuer, string problem);
}
