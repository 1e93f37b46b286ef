using System.Text.RegularExpressions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Locks.Transport.RabbitMq;

/// <summary>Explains an ACCESS_REFUSED of the broker: which permission the user lacks, and the command that grants it.</summary>
internal static partial class AccessRefusal
{
    /// <summary>What to do; <see langword="null"/> for any other error.</summary>
    public static string? Explain(Exception exception, LockRole role, string queueName)
    {
        if (Find(exception) is not { } refusal)
            return null;

        var match = Refused().Match(refusal);
        if (!match.Success)
            return $"The broker refuses access: {refusal}";

        var (permission, what, host, user) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value);
        var needed = Permissions.Of(role, queueName);
        var access = permission.Length > 0 ? $"the {permission} permission on {what}" : $"access to {what}";
        return $"The broker refuses user '{user}' {access} in virtual host '{host}'. Grant it, for example with "
            + $"rabbitmqctl set_permissions -p {host} {user} '{needed.Configure}' '{needed.Write}' '{needed.Read}' (configure, write, read).";
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

    // Older versions of RabbitMQ, such as 3.10, do not say which permission it is.
    [GeneratedRegex("(?:(configure|write|read) )?access to ((?:exchange|queue) '[^']*') in vhost '([^']*)' refused for user '([^']*)'")]
    private static partial Regex Refused();
}
