using System.Text.RegularExpressions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Locks.Transport.RabbitMq;

/// <summary>Explains an ACCESS_REFUSED of the broker: which permission the user lacks, and the command that grants it.</summary>
internal static partial class AccessRefusal
{
    /// <summary>
    /// What client and coordinator declare, write to and read: the common queue with what is named after it, their own temporary queues,
    /// the exchanges of the message types, and the default exchange, through which replies go.
    /// </summary>
    /// <param name="queueName">The name of the coordinator's queue.</param>
    public static string PermissionsFor(string queueName) =>
        $@"^({Regex.Escape(queueName)}([-_].*)?|.*_locks-.*|Locks\.Contracts:.*|amq\.default)$";

    /// <summary>What to do; <see langword="null"/> for any other error.</summary>
    public static string? Explain(Exception exception, string queueName)
    {
        if (Find(exception) is not { } refusal)
            return null;

        var match = Refused().Match(refusal);
        if (!match.Success)
            return $"The broker refuses access: {refusal}";

        var (permission, what, host, user) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value);
        var needed = PermissionsFor(queueName);
        return $"The broker refuses user '{user}' the {permission} permission on {what} in virtual host '{host}'. Grant it, for example with "
            + $"rabbitmqctl set_permissions -p {host} {user} '{needed}' '{needed}' '{needed}' (configure, write, read).";
    }

    private static string? Find(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is OperationInterruptedException { ShutdownReason: { ReplyCode: Constants.AccessRefused, ReplyText: var text } })
                return text;
            if (exception is AggregateException { InnerExceptions: var all }
                && all.Select(Find).FirstOrDefault(found => found is not null) is { } one)
                return one;
        }

        return null;
    }

    [GeneratedRegex("(configure|write|read) access to ((?:exchange|queue) '[^']*') in vhost '([^']*)' refused for user '([^']*)'")]
    private static partial Regex Refused();
}
