using System.CommandLine;
using Locks.Contracts;

namespace Locks.Cli.CommandLine;

/// <summary>The key of a lock, checked.</summary>
internal sealed class KeyArgument : Argument<string>
{
    public KeyArgument()
        : base("KEY")
    {
        Description = "The lock's key, 1 to 512 UTF-8 bytes";
        Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var key }] && LockLimits.CheckKey(key) is { } wrong)
                result.AddError($"KEY {wrong.Problem}");
        });
    }
}
