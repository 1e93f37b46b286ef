using System.Text.Encodings.Web;
using System.Text.Json;

namespace Locks.Cli.Output;

/// <summary>
/// The JSON that the tool writes: the records of the contracts, each on one line. Durations are whole milliseconds, and what is absent is
/// left out.
/// </summary>
internal static class ToolJson
{
    // Keys and owners as people wrote them; nothing of this is put into a page.
    private static readonly ToolJsonContext Lines = new(
        new JsonSerializerOptions(ToolJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, typeof(T), Lines);
}
