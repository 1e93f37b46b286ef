using System.Security.Claims;
using Locks.Contracts;

namespace Locks.Admin.Access;

/// <summary>The name by which the log, the holder and the waiter learn who intervened.</summary>
internal static class OperatorName
{
    private const string Unnamed = "an operator without a name";

    /// <summary>The name of the identity; of one that has none that fits, its id.</summary>
    public static string Of(ClaimsPrincipal user) =>
        new[] { user.Identity?.Name, user.FindFirstValue(ClaimTypes.NameIdentifier), user.FindFirstValue("sub") }
            .FirstOrDefault(name => LockLimits.CheckBy(name) is null) ?? Unnamed;
}
