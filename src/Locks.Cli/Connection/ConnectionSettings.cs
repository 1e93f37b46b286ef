using Locks.Server.Configuration;

namespace Locks.Cli.Connection;

/// <summary>Where the coordinators are. Its text shows no password.</summary>
/// <param name="Broker">The broker.</param>
/// <param name="QueueName">The coordinators' queue.</param>
/// <param name="RequestTimeout">How long to wait for an answer.</param>
/// <param name="Verbose">Whether the log goes to standard error.</param>
internal sealed record ConnectionSettings(BrokerAddress Broker, string QueueName, TimeSpan RequestTimeout, bool Verbose);
