using Locks.Contracts;
using Locks.Contracts.Catalogue;

namespace Locks.Testing.Faults;

/// <summary>A client's command on its way to the coordinator, as far as a fault plan looks at it.</summary>
/// <param name="Name">The command's name.</param>
/// <param name="Key">The key of the lock that it is about, if it is about one.</param>
/// <param name="LeaseId">The shared lease that it is about, if it is about one.</param>
/// <param name="ExtendsLease">Whether it extends a lease.</param>
internal sealed record InterceptedCommand(string Name, string? Key, Guid? LeaseId, bool ExtendsLease)
{
    /// <summary>A command that travels alone.</summary>
    /// <exception cref="UnknownMessageException">The message is no command.</exception>
    public static InterceptedCommand Of(object message)
    {
        var type = CommandCatalogue.TypeOfMessage(message);
        return new InterceptedCommand(type.Name, type.KeyOf(message), type.LeaseIdOf(message), type.ExtendsLease);
    }

    /// <summary>One command of a batch. One that the catalogue does not know passes, so that the coordinator refuses it.</summary>
    public static InterceptedCommand Of(LockCommand command) =>
        CommandCatalogue.Find(command)?.MessageIn(command) is { } message
            ? Of(message)
            : new InterceptedCommand(nameof(LockCommand), Key: null, LeaseId: null, ExtendsLease: false);
}
