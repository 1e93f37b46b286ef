using System.Text.RegularExpressions;

namespace Locks.Transport.RabbitMq;

/// <summary>
/// The least permissions that a user of RabbitMQ needs for locks: regular expressions of the names of queues and exchanges, which RabbitMQ does
/// not tell apart.
/// </summary>
/// <param name="Configure">What the user declares, and so could delete.</param>
/// <param name="Write">What it sends to, and binds to something.</param>
/// <param name="Read">What it consumes, and binds something to.</param>
internal sealed record Permissions(string Configure, string Write, string Read)
{
    // MassTransit names temporary queues after the machine and the process: machine_process_locks-client_id.
    private const string ReplyQueues = ".*_locks-client_.*";
    private const string CoordinatorsOwn = ".*_locks-(sessions|coordinator)_.*";

    /// <summary>The permissions of a role.</summary>
    /// <param name="role">The role.</param>
    /// <param name="queueName">The name of the coordinator's queue.</param>
    public static Permissions Of(LockRole role, string queueName)
    {
        var queue = Regex.Escape(queueName);
        return role == LockRole.Client ? OfClient(queue) : OfCoordinator(queue);
    }

    /// <summary>
    /// A client declares the exchanges that it sends to, as every sender of MassTransit's does. It reads nothing but replies: what others
    /// request has their owner tokens in it.
    /// </summary>
    private static Permissions OfClient(string queue)
    {
        var sends = AnyOf($"{queue}(-([0-9]+|queries|alive))?", ReplyQueues);
        return new(Configure: sends, Write: sends, Read: AnyOf(ReplyQueues));
    }

    /// <summary>Replies go through the default exchange, so a coordinator has nothing to do with the queues that they go to.</summary>
    private static Permissions OfCoordinator(string queue)
    {
        string[] own =
        [
            $"{queue}(-([0-9]+|queries))?(_error|_skipped)?", $"{queue}-(alive|coordinators)", CoordinatorsOwn, ReplyQueues, @"Locks\.Contracts:.*",
        ];
        return new(Configure: AnyOf(own), Write: AnyOf([.. own, @"amq\.default"]), Read: AnyOf(own));
    }

    private static string AnyOf(params string[] names) => names is [var name] ? $"^{name}$" : $"^({string.Join('|', names)})$";
}
