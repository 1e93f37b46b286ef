using System.Text.Json.Nodes;

namespace Locks.TestKit;

/// <summary>Compares JSON with an older form of it that programs out there still write and read.</summary>
public static class PinnedJson
{
    /// <summary>
    /// Fails unless everything that the older form has is still there, with the same value. Fields may have been added: readers skip what
    /// they do not know.
    /// </summary>
    /// <param name="pinned">The older form.</param>
    /// <param name="now">The form of today.</param>
    /// <param name="path">Where the two are, for the message.</param>
    public static void AssertKept(JsonNode? pinned, JsonNode? now, string path)
    {
        switch (pinned, now)
        {
            case (JsonObject older, JsonObject newer):
                foreach (var (name, value) in older)
                {
                    if (!newer.ContainsKey(name) && value is not null)
                        throw new NotKeptException($"{path}.{name} is gone. Programs that are deployed still send and expect it.");
                    AssertKept(value, newer[name], $"{path}.{name}");
                }

                break;
            case (JsonArray older, JsonArray newer) when older.Count == newer.Count:
                for (var index = 0; index < older.Count; index++)
                    AssertKept(older[index], newer[index], $"{path}[{index}]");
                break;
            default:
                if (!JsonNode.DeepEquals(pinned, now))
                    throw new NotKeptException($"{path} was {Text(pinned)} and is {Text(now)} now. Programs that are deployed still read and write the former.");
                break;
        }
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";
}

/// <summary>A form that programs out there rely on has changed.</summary>
public sealed class NotKeptException(string message) : Exception(message);
