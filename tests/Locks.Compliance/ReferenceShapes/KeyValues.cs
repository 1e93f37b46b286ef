using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Locks.Client;

namespace Locks.Compliance.ReferenceShapes;

/// <summary>The key-value store that the client of reference 001 has besides its locks.</summary>
internal static class KeyValues
{
    private static readonly ConditionalWeakTable<ILockClient, ConcurrentDictionary<string, string>> Stores = [];

    public static ConcurrentDictionary<string, string> Of(ILockClient client) => Stores.GetOrCreateValue(client);

    public static Task PutAsync(this ILockClient client, string key, string value)
    {
        Of(client)[key] = value;
        return Task.CompletedTask;
    }
}
